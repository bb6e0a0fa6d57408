"""Builds the web pages into the wheel, so that `pip install` of it needs no Node."""

import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildPages(BuildHookInterface[Any]):
    """Carries `web_widget/dist` as `chatserver/web`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the pages before a wheel is packed; an editable install uses those of the checkout."""
        if version == "editable":
            return
        web = Path(self.root, "web_widget")
        for command in (["npm", "ci"], ["npm", "run", "build"]):
            subprocess.run(command, cwd=web, check=True)
        build_data["force_include"][str(web / "dist")] = "chatserver/web"
