"""Imports go downwards only, rules are pure, and no file outgrows its reader."""

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

CHECKOUT: Final = Path(__file__).parents[2]
PACKAGE: Final = CHECKOUT / "chatserver"
MOST_LINES: Final = 400
HEIGHT: Final = {"settings": 0, "core": 0, "conversation": 1, "desk": 2, "infra": 4}
"""Floors of the house; a folder that is not named is a room on floor 3, a file beside the rooms is on the roof."""
ROOMS: Final = 3
ROOF: Final = 5
MAY_OPEN_THE_BASEMENT: Final = {"app", "cli", "demo", "operations", "serving"}
"""Only what puts the product together, starts it and mends it knows how the outside is reached."""
PURE: Final = {"authority", "events", "rules", "states"}
IMPURE: Final = {"aiohttp", "asyncio", "datetime", "os", "random", "redis", "secrets", "socket", "sqlalchemy", "time"}
ROOF_FOLDERS: Final = {"client", "cli", "demo", "gen", "loadtest", "testing"}
"""Modules of the roof that have grown into folders."""


def module_of(file: Path, root: Path = CHECKOUT) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    """`chatserver.desk.queue` → `desk`."""
    return ([*module.split("."), ""])[1]


def floor_of(module: str) -> int:
    part = part_of(module)
    if part in HEIGHT:
        return HEIGHT[part]
    return ROOMS if part in rooms() else ROOF


def rooms() -> set[str]:
    folders = {file.parent.name for file in PACKAGE.glob("*/__init__.py")}
    return folders - set(HEIGHT) - ROOF_FOLDERS


def imported(source: str, module: str, known: set[str]) -> Iterator[str]:
    """Modules that a source imports anywhere in it, ours by their full name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by dots; names in full can be searched for"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else str(node.module)


def house() -> dict[str, set[str]]:
    """What each of our modules imports of ours."""
    files = {module_of(file): file for file in PACKAGE.rglob("*.py")}
    return {
        module: {one for one in imported(file.read_text(encoding="utf-8"), module, set(files)) if one in files}
        for module, file in files.items()
    }


def wrong_ways(imports: dict[str, set[str]]) -> list[str]:
    """Imports that go up, from room to room, or into the basement."""
    return [
        f"{module} imports {other}"
        for module, others in sorted(imports.items())
        for other in sorted(others)
        if other != "chatserver" and not may_import(module, other)
    ]


def may_import(module: str, other: str) -> bool:
    if part_of(module) == part_of(other):
        return True
    if part_of(other) == "infra":
        return part_of(module) in MAY_OPEN_THE_BASEMENT
    if floor_of(module) == ROOF:
        return True
    return floor_of(other) < floor_of(module) or part_of(other) == "settings"


def test_imports_go_downwards() -> None:
    assert wrong_ways(house()) == []


@pytest.mark.parametrize(
    ("module", "other"),
    [
        ("chatserver.core.errors", "chatserver.conversation.events"),
        ("chatserver.conversation.log", "chatserver.desk.queue"),
        ("chatserver.desk.queue", "chatserver.trust.gate"),
        ("chatserver.trust.gate", "chatserver.knowledge.bot"),
        ("chatserver.trust.gate", "chatserver.infra.hub"),
        ("chatserver.gen.schemas", "chatserver.infra.hub"),
        ("chatserver.infra.hub", "chatserver.app"),
    ],
)
def test_an_import_in_a_wrong_direction_is_seen(module: str, other: str) -> None:
    assert wrong_ways({module: {other}}) == [f"{module} imports {other}"]


def test_there_is_no_cycle() -> None:
    graphlib.TopologicalSorter(house()).prepare()


def test_a_cycle_would_be_seen() -> None:
    with pytest.raises(graphlib.CycleError):
        graphlib.TopologicalSorter({"a": {"b"}, "b": {"a"}}).prepare()


def test_rules_know_no_clock_chance_or_outside() -> None:
    found = [
        f"{module} imports {name}"
        for file in PACKAGE.rglob("*.py")
        if file.stem in PURE and part_of(module := module_of(file)) not in {"infra", *ROOF_FOLDERS}
        for name in imported(file.read_text(encoding="utf-8"), module, set())
        if name.partition(".")[0] in IMPURE
    ]
    assert found == []


ASKED_FROM_OUTSIDE: Final = {"api", "service"}
"""Modules that are given ids by clients; they reach a conversation through `log.head_for`, which authorizes."""


def test_no_conversation_is_reached_around_the_authority() -> None:
    found = [
        module_of(file)
        for file in PACKAGE.rglob("*.py")
        if file.stem in ASKED_FROM_OUTSIDE and "read_head(" in file.read_text(encoding="utf-8")
    ]
    assert found == []


def sources() -> Iterator[Path]:
    for folder in ("chatserver", "devtools", "tests", "web_widget"):
        for file in sorted((CHECKOUT / folder).rglob("*")):
            if file.suffix in {".py", ".ts", ".tsx"} and not {"node_modules", "generated", "dist"} & set(file.parts):
                yield file
    yield CHECKOUT / "dev.py"


def test_no_file_outgrows_its_reader() -> None:
    lengths = {
        str(file.relative_to(CHECKOUT)): len(file.read_text(encoding="utf-8").splitlines()) for file in sources()
    }
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}
