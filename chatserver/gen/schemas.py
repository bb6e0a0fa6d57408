"""JSON Schemas of everything on the wire, from the Structs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import UNSET, inspect

from chatserver import surface
from chatserver.conversation.events import BODIES, KEYED, TYPE_OF, Body
from chatserver.gen.choices import order_words
from chatserver.gen.prose import prose

Schema = dict[str, Any]

REF: Final = "#/components/schemas/{name}"
DURABLE: Final = "DurableEvent"
"""Name of the schema of an event as `sync` gives it: any durable event, with its `type`."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All named schemas of the product, and the way to refer to a type among them."""

    components: dict[str, Schema]
    references: dict[Any, Schema]

    def of(self, kind: Any) -> Schema:
        """The schema of a type: a reference where it has a name."""
        return self.references[kind]


def reference(name: str) -> Schema:
    """A reference to a named schema."""
    return {"$ref": REF.format(name=name)}


def inbound() -> list[Any]:
    """Types that clients send."""
    sent: list[Any] = [surface.AUTH, *(spec.body for spec in surface.commands().values())]
    for route in surface.routes():
        sent += [route.query] + ([route.body] if route.body else [])
    return _once(sent)


def outbound() -> list[Any]:
    """Types that the server sends."""
    told: list[Any] = [spec.result for spec in surface.commands().values()]
    told += [route.result for route in surface.routes() if _is_struct(route.result)]
    return _once([surface.ErrorBody, surface.Envelope, *told, *surface.PASSING.values(), *BODIES])


def vocabulary() -> Vocabulary:
    """Build the schemas of every type on the wire."""
    kinds = _once([*inbound(), *outbound()])
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
    _require_what_is_always_there(components)
    _name_the_events_of_pages(components)
    envelope = components["Envelope"]
    for body in BODIES:
        components[body.__name__] = _enveloped(envelope, components[body.__name__], body)
    components.update(_typed_events())
    order_words(components, [*surface.NAMED.values(), *(one.cls for one in structs_in(kinds).values())])
    return Vocabulary(_tidy(components), dict(zip(kinds, _tidy(list(schemas)), strict=True)))


def structs_in(kinds: Iterable[Any]) -> dict[str, inspect.StructType]:
    """Every Struct reachable from types, by name."""
    found: dict[str, inspect.StructType] = {}
    for info in inspect.multi_type_info(kinds):
        for struct in _structs(info):
            found[struct.cls.__name__] = struct
    return found


def _structs(info: Any) -> Iterator[inspect.StructType]:
    if isinstance(info, inspect.StructType):
        yield info
        for field in info.fields:
            yield from _structs(field.type)
    elif isinstance(info, inspect.UnionType):
        for one in info.types:
            yield from _structs(one)
    elif isinstance(info, inspect.DictType):
        yield from _structs(info.value_type)
    else:
        for inner in (getattr(info, "type", None), getattr(info, "item_type", None)):
            if inner is not None:
                yield from _structs(inner)


def _require_what_is_always_there(components: dict[str, Schema]) -> None:
    """A default of what the server sends is no reason to leave it out; only UNSET is left out."""
    received = structs_in(inbound())
    for name, struct in structs_in(outbound()).items():
        if name in received or struct.cls.__struct_config__.omit_defaults:
            continue
        schema = components[name]
        schema["required"] = [one.encode_name for one in msgspec.structs.fields(struct.cls) if one.default is not UNSET]
        for field in schema["properties"].values():
            field.pop("default", None)


def _name_the_events_of_pages(components: dict[str, Schema]) -> None:
    """Rows travel as they were encoded; the documents say what is in them."""
    for name, struct in structs_in(outbound()).items():
        for field in struct.fields:
            if isinstance(field.type, inspect.ListType) and isinstance(field.type.item_type, inspect.RawType):
                components[name]["properties"][field.encode_name]["items"] = reference(DURABLE)


def _enveloped(envelope: Schema, added: Schema, body: type[Body]) -> Schema:
    key = {"key": {"type": "string", "description": "The sender's key, told to the sender alone."}}
    return {
        **added,
        "properties": {
            **envelope["properties"],
            **(key if body in KEYED else {}),
            **added["properties"],
        },
        "required": [*envelope["required"], *added["required"]],
    }


def _typed_events() -> dict[str, Schema]:
    typed: dict[str, Schema] = {
        f"{body.__name__}Row": {
            "title": f"{body.__name__}Row",
            "description": f"`{name}` as a page gives it.",
            "allOf": [
                reference(body.__name__),
                {"type": "object", "properties": {"type": {"const": name}}, "required": ["type"]},
            ],
        }
        for body, name in TYPE_OF.items()
    }
    typed[DURABLE] = {
        "title": DURABLE,
        "description": "One event of a log as pages and transcripts give it, told apart by `type`.",
        "oneOf": [reference(name) for name in list(typed)],
    }
    return typed


def _tidy(schema: Any) -> Any:
    """Plain text for docstrings, and the end of a text as the regular expressions of JSON Schema spell it."""
    if isinstance(schema, list):
        return [_tidy(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    tidied = {name: _tidy(one) for name, one in schema.items()}
    if isinstance(tidied.get("description"), str):
        tidied["description"] = prose(tidied["description"])
    if isinstance(tidied.get("pattern"), str):
        tidied["pattern"] = tidied["pattern"].replace(r"\Z", "$")
    return tidied


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _once(kinds: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(kinds))
