"""What every command of the command line does alike: read the settings, run, say, fail."""

import asyncio
import json
import sys
from typing import Any

from chatserver.settings import Settings


def fail(message: str, code: int = 1) -> None:
    """Say on standard error what to do next, and end."""
    sys.stderr.write(message + "\n")
    sys.exit(code)


def read_settings(**overrides: Any) -> Settings:
    """The settings of the environment with those of the command line."""
    import msgspec

    from chatserver.logs import configure_logs

    settings = Settings.from_environment()
    given = {name: value for name, value in overrides.items() if value is not None}
    settings = msgspec.structs.replace(settings, **given)
    configure_logs(settings.log_level)
    return settings


def run_loop(main_task: Any) -> Any:
    """Run a coroutine to its end on the fast loop."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main_task)


def say(result: dict[str, Any]) -> None:
    """Print a result as one line of JSON."""
    sys.stdout.write(json.dumps(result, ensure_ascii=False, separators=(",", ":")) + "\n")
