"""Sets of words in the order a person chose; JSON Schemas come with them in alphabetical order."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal, get_args, get_origin

import msgspec


def order_words(schema: Any, kinds: Iterable[Any]) -> None:
    """Put the words of every `enum` inside a schema in the order of the `Literal` they come from.

    `kinds` are Structs and other types in which those Literals are found.
    """
    literals = [literal for kind in kinds for one in _types_in(kind) for literal in _literals(one)]
    _reorder(schema, {frozenset(get_args(one)): list(get_args(one)) for one in literals})


def _types_in(kind: Any) -> list[Any]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return [field.type for field in msgspec.structs.fields(kind)]
    return [kind]


def _literals(kind: Any) -> Iterator[Any]:
    if get_origin(kind) is Literal:
        yield kind
    else:
        for inner in get_args(kind):
            yield from _literals(inner)


def _reorder(schema: Any, orders: dict[frozenset[Any], list[Any]]) -> None:
    if isinstance(schema, list):
        for one in schema:
            _reorder(one, orders)
    elif isinstance(schema, dict):
        words = schema.get("enum")
        if isinstance(words, list):
            schema["enum"] = orders.get(frozenset(words), words)
        for one in schema.values():
            _reorder(one, orders)
