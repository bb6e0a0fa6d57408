"""Nothing is offered without a sentence that says what it is, and the reference pages have it."""

import re
from pathlib import Path
from typing import Final

import pytest

from chatserver import surface
from chatserver.conversation.events import BODIES, BODY_OF
from chatserver.core.errors import HTTP_STATUS
from chatserver.core.routes import RouteSpec
from chatserver.gen import manual
from chatserver.gen.openapi import FIXED
from chatserver.gen.prose import summary
from chatserver.gen.schemas import inbound, outbound, structs_in
from chatserver.settings import described

CHECKOUT: Final = Path(__file__).parents[2]
REFERENCE: Final = CHECKOUT / "docs" / "reference"


def page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


def is_sentence(text: str) -> bool:
    return len(text.split()) >= 2 and text[0].isupper() | (text[0] == "`") and text.endswith((".", "?", "!", ":", ")"))


@pytest.mark.parametrize("name", surface.commands())
def test_every_command_has_its_sentence(name: str) -> None:
    sentence = summary(surface.commands()[name].summary)
    assert is_sentence(sentence)
    assert f"## {name}\n\n{sentence}" in page("commands")


@pytest.mark.parametrize("body", BODIES)
def test_every_durable_event_has_its_sentence(body: type) -> None:
    name = next(name for name, one in BODY_OF.items() if one is body)
    assert is_sentence(summary(body.__doc__))
    assert f"### {name}\n\n{summary(body.__doc__)}" in page("events")


@pytest.mark.parametrize("name", surface.PASSING)
def test_every_passing_event_has_its_sentence(name: str) -> None:
    sentence = summary(surface.sentence_of_passing(name))
    assert is_sentence(sentence)
    assert f"### {name}\n\n{sentence}" in page("events").partition("## Passing")[2]


def test_every_error_code_has_its_sentence() -> None:
    assert surface.ERROR_MEANINGS.keys() == HTTP_STATUS.keys()
    for code, meaning in surface.ERROR_MEANINGS.items():
        assert is_sentence(meaning)
        assert f"| `{code}` | {HTTP_STATUS[code]} | {meaning} |" in page("errors")


@pytest.mark.parametrize("route", surface.routes(), ids=lambda route: f"{route.method} {route.path}")
def test_every_route_has_its_sentence(route: RouteSpec) -> None:
    assert is_sentence(summary(route.summary))
    assert f"## {route.method} {route.path}\n\n{summary(route.summary)}" in page("http")


def test_every_fixed_route_is_on_the_page() -> None:
    for path in FIXED:
        assert f"| `GET {path}` |" in page("http")


@pytest.mark.parametrize(("variable", "default", "meaning"), described())
def test_every_setting_has_its_sentence(variable: str, default: str, meaning: str) -> None:
    assert meaning.endswith(".")
    assert re.search(
        rf"^\| `{variable}` \| .*{re.escape(default)}.* \| {re.escape(meaning)} \|$", page("settings"), re.MULTILINE
    )


@pytest.mark.parametrize("name", manual.scripts())
def test_every_redis_script_says_what_it_does_and_lists_its_keys(name: str) -> None:
    header = manual.scripts()[name]
    assert is_sentence(" ".join(header.partition("\n\n")[0].split()))
    assert "KEYS[1]" in header
    assert "Returns" in header
    assert f"## {name}\n\n" in page("redis-scripts")
    assert header.partition("\n\n")[2] in page("redis-scripts")


@pytest.mark.parametrize("name", manual.programs())
def test_every_command_of_the_command_line_has_its_sentence(name: str) -> None:
    sentence = summary(manual.programs()[name].help)
    assert is_sentence(sentence)
    assert f"| `{name}` | {sentence}" in page("command-line")


@pytest.mark.parametrize("struct", structs_in([*inbound(), *outbound()]).values(), ids=lambda one: one.cls.__name__)
def test_every_type_on_the_wire_says_what_it_is(struct: object) -> None:
    assert is_sentence(summary(struct.cls.__doc__))  # type: ignore[attr-defined]


def links() -> list[tuple[Path, str]]:
    pages = sorted((CHECKOUT / "docs").rglob("*.md"))
    return [
        (file, link)
        for file in pages
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8"))
    ]


def test_every_link_between_pages_leads_to_a_file() -> None:
    assert [f"{file.name}: {link}" for file, link in links() if not (file.parent / link).exists()] == []


def test_every_link_to_a_type_leads_to_its_section() -> None:
    types = {name.lower() for name in re.findall(r"^## (\w+)$", page("types"), re.MULTILINE)}
    linked = {
        anchor
        for file in REFERENCE.glob("*.md")
        for anchor in re.findall(r"types\.md#(\w+)", file.read_text(encoding="utf-8"))
    }
    assert linked <= types


def test_every_promise_names_tests_and_faults_that_are_there() -> None:
    said = (CHECKOUT / "docs" / "promises.md").read_text(encoding="utf-8").partition("\n| | promise")[2]
    named = re.findall(r"`([a-z0-9_/]+)::(\w+)`", said)
    assert len(named) > 100

    def is_there(place: str, name: str) -> bool:
        folder, _, file = place.rpartition("/")
        tests = CHECKOUT / "tests" / folder / f"test_{file}.py"
        return tests.exists() and f"def test_{name}(" in tests.read_text(encoding="utf-8")

    assert [f"{place}::{name}" for place, name in named if not is_there(place, name)] == []
    faults = (CHECKOUT / "docs" / "faults.md").read_text(encoding="utf-8")
    broken = set(re.findall(r"\b[FNQHS]\d\d\b", said))
    assert [one for one in sorted(broken) if f"| {one} " not in faults] == []
