"""Bodies that are wrong in one way each, made from what a command says of its own fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import inspect

from chatserver.core.commands import Command

TOO_LARGE: Final = {"text", "note", "comment", "draft"}
"""Fields whose excess length is `too_large`; every other one is `invalid`."""

NOT_OBJECTS: Final[tuple[Any, ...]] = (None, [], "body", 5, True, [{}])
EXTRA: Final = ("extra", "role", "by", "sender_id", "seq", "at", "epoch_", "is_system", "__proto__", "constructor")


@dataclass(frozen=True)
class Bad:
    """A body, the code it must be refused with, the field that must be named, and what is wrong."""

    what: str
    body: Any
    code: str
    field: str | None


def bad_bodies(command: type[Command], good: dict[str, Any]) -> Iterator[Bad]:
    """Every wrong body of a command; `good` is one that fits."""
    for body in NOT_OBJECTS:
        yield Bad(f"{body!r} as body", body, "invalid", None)
    for name in EXTRA:
        yield Bad(f"extra {name}", {**good, name: {"role": "agent"}}, "invalid", name)
    info = inspect.type_info(command)
    assert isinstance(info, inspect.StructType)
    for field in info.fields:
        name = field.encode_name
        if field.required:
            without = {key: value for key, value in good.items() if key != name}
            yield Bad(f"no {name}", without, "invalid", name)
        for what, value in _bad_values(name, _plain(field.type)):
            code = "too_large" if what == "too long" and name in TOO_LARGE else "invalid"
            yield Bad(f"{name} {what}", {**good, name: value}, code, name)


def _plain(kind: inspect.Type) -> inspect.Type:
    return _plain(kind.type) if isinstance(kind, inspect.Metadata) else kind


def _bad_values(name: str, kind: inspect.Type) -> Iterator[tuple[str, Any]]:
    yield "null", None
    match kind:
        case inspect.StrType():
            yield from _bad_texts(kind)
        case inspect.IntType():
            yield from _bad_numbers(kind)
        case inspect.BoolType():
            yield from _as_they_are(0, 1, "true", [], {})
        case inspect.LiteralType():
            yield from _as_they_are("nonsense", "", 0, [], {}, True)
        case inspect.DictType():
            yield from _bad_dicts(kind)
        case inspect.ListType():
            yield from _bad_lists(kind)
        case _:
            raise NotImplementedError(f"{name}: say what may be wrong with {kind}")


def _as_they_are(*values: Any) -> Iterator[tuple[str, Any]]:
    return ((repr(value)[:40], value) for value in values)


def _bad_texts(kind: inspect.StrType) -> Iterator[tuple[str, Any]]:
    yield from _as_they_are(5, 1.5, True, [], {}, ["x"])
    yield "with NUL", "a\0b"
    yield "with half a surrogate pair", "a\ud800b"
    yield "with the other half", "\udc00"
    if kind.max_length is not None:
        yield "too long", "x" * (kind.max_length + 1)
    if kind.min_length:
        yield "empty", ""
    if kind.pattern is not None:
        yield from _as_they_are(" ", "a b", "é", "a\n", "a/b", "a\u200b", "'; DROP TABLE")


def _bad_numbers(kind: inspect.IntType) -> Iterator[tuple[str, Any]]:
    yield from _as_they_are("1", "", 1.5, True, [], {}, 10**20, -(10**20))
    if kind.ge is not None:
        yield "too small", kind.ge - 1
    if kind.le is not None:
        yield "too large", kind.le + 1


def _bad_dicts(kind: inspect.DictType) -> Iterator[tuple[str, Any]]:
    yield from _as_they_are("x", 5, [], True)
    most, names, values = kind.max_length, _plain(kind.key_type), _plain(kind.value_type)
    assert most is not None
    assert isinstance(names, inspect.StrType)
    assert isinstance(values, inspect.StrType)
    assert names.max_length is not None
    assert values.max_length is not None
    yield "of too many", {f"n{number}": "v" for number in range(most + 1)}
    yield "with too long a name", {"n" * (names.max_length + 1): "v"}
    yield "with too long a value", {"n": "v" * (values.max_length + 1)}
    yield from ((f"with {what} as value", {"n": value}) for what, value in _as_they_are(5, None, [], {}, True))
    yield "with NUL in a value", {"n": "a\0"}
    yield "with NUL in a name", {"a\0": "v"}
    yield "with half a surrogate pair", {"n": "\ud800"}


def _bad_lists(kind: inspect.ListType) -> Iterator[tuple[str, Any]]:
    yield from _as_they_are("x", 5, {}, True)
    assert kind.max_length is not None
    yield "of too many", ["x"] * (kind.max_length + 1)
    yield from ((f"with {what}", [value]) for what, value in _as_they_are(5, None, "", "a b", "x" * 65, []))


def fits(command: type[Command], body: dict[str, Any]) -> bool:
    """Whether a body is one that the command takes."""
    try:
        msgspec.convert(body, command)
    except msgspec.ValidationError:
        return False
    return True
