"""The contract as strict TypeScript."""

import json
from collections.abc import Iterable
from typing import Any, Final, get_args

from chatserver import surface
from chatserver.conversation.events import BODIES, TYPE_OF
from chatserver.core.commands import CommandSpec
from chatserver.core.errors import HTTP_STATUS
from chatserver.core.routes import RouteSpec
from chatserver.gen.prose import prose, summary
from chatserver.gen.schemas import DURABLE, Schema, Vocabulary
from chatserver.trust.messages import PROTOCOL

HEAD: Final = """\
// Generated from the server's own types by `python -m chatserver.gen`; changes belong there.
/* eslint-disable */
"""
REPLY: Final = """\
/** The acknowledgement of a command. */
export type Reply<Result> = { ok: true; result: Result } | { ok: false; error: ErrorBody };"""
DURABLE_EVENT: Final = f"""\
/** An event as `sync` and transcripts give it, told apart by `type`. */
export type {DURABLE} = {{
  [Type in keyof DurableEvents]: {{ type: Type }} & DurableEvents[Type];
}}[keyof DurableEvents];"""
WIDTH: Final = 110
LIMITING: Final = (
    "minLength", "maxLength", "minimum", "maximum", "maxItems", "maxProperties", "pattern",
)  # fmt: skip
"""What of a field's schema a form can check before it sends."""


def protocol(words: Vocabulary) -> str:
    """The text of `protocol.ts`."""
    parts = [
        HEAD + f"export const PROTOCOL = {PROTOCOL};",
        *_named(),
        *_errors(),
        *_interfaces(words),
        *_maps(words),
        _limits(words),
    ]
    return "\n\n".join(parts) + "\n"


def _named() -> list[str]:
    return [f"export type {name} = {_union(get_args(literal))};" for name, literal in surface.NAMED.items()]


def _errors() -> list[str]:
    codes = "\n".join(
        f"{_comment(surface.ERROR_MEANINGS[code], 2)}  {code}: {status};" for code, status in HTTP_STATUS.items()
    )
    statuses = "\n".join(f"  {code}: {status}," for code, status in HTTP_STATUS.items())
    return [
        f"{_comment('What a refusal can mean, with its HTTP status.')}export interface ErrorCodes {{\n{codes}\n}}",
        "export type ErrorCode = keyof ErrorCodes;",
        f"export const ERROR_STATUS: ErrorCodes = {{\n{statuses}\n}};",
    ]


def _interfaces(words: Vocabulary) -> Iterable[str]:
    durable = {body.__name__ for body in BODIES}
    inherited = set(words.components["Envelope"]["properties"])
    for name, schema in words.components.items():
        if name == DURABLE or name.removesuffix("Row") in durable - {name}:
            continue
        if name in durable:
            own = {field: one for field, one in schema["properties"].items() if field not in inherited}
            yield _interface(name, {**schema, "properties": own}, parent="Envelope")
        else:
            yield _interface(name, schema)


def _interface(name: str, schema: Schema, parent: str = "") -> str:
    comment = _comment(schema.get("description", ""))
    properties = schema["properties"]
    if not properties:
        empty = parent or "Record<string, never>"
        return f"{comment}export type {name} = {empty};"
    required = set(schema.get("required", ()))
    lines = [_field(field, one, field in required) for field, one in properties.items()]
    extends = f" extends {parent}" if parent else ""
    return f"{comment}export interface {name}{extends} {{\n" + "\n".join(lines) + "\n}"


def _field(name: str, schema: Schema, required: bool) -> str:
    notes = [schema.get("description", "")]
    if schema.get("default") not in (None, [], {}):
        notes.append(f"Default {json.dumps(schema['default'])}.")
    optional = "" if required else "?"
    return f"{_comment(' '.join(filter(None, notes)), 2)}  {name}{optional}: {type_of(schema)};"


def type_of(schema: Schema) -> str:
    """The TypeScript type that a JSON Schema describes."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return _named_union(schema["enum"])
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return " | ".join(type_of(one) for one in schema[choice])
    return _by_kind(schema)


def _by_kind(schema: Schema) -> str:
    match schema.get("type"):
        case "array" if "prefixItems" in schema:
            return f"[{', '.join(type_of(one) for one in schema['prefixItems'])}]"
        case "array":
            inner = type_of(schema["items"]) if schema.get("items") else "unknown"
            return f"({inner})[]" if " " in inner else f"{inner}[]"
        case "object":
            values = schema.get("additionalProperties")
            return f"Record<string, {type_of(values) if values else 'unknown'}>"
        case "integer" | "number":
            return "number"
        case "string" | "boolean" | "null" as plain:
            return str(plain)
    return "unknown"


def _named_union(values: list[Any]) -> str:
    if set(values) == set(HTTP_STATUS):
        return "ErrorCode"
    for name, literal in surface.NAMED.items():
        if set(values) == set(get_args(literal)):
            return name
    return _union(values)


def _union(values: Iterable[Any]) -> str:
    return " | ".join(json.dumps(one) for one in values)


def _maps(words: Vocabulary) -> list[str]:
    commands = [(_command_note(spec), name, _command_entry(words, spec)) for name, spec in surface.commands().items()]
    durable = [(summary(body.__doc__), name, body.__name__) for body, name in TYPE_OF.items()]
    passing = [
        (summary(surface.sentence_of_passing(name)), name, type_of(words.of(kind)))
        for name, kind in surface.PASSING.items()
    ]
    routes = [
        (summary(one.summary), f'"{one.method} {one.path}"', _route_entry(words, one)) for one in surface.routes()
    ]
    return [
        _map("Commands", "Every command: its body, and the result that its acknowledgement carries.", commands),
        "export type CommandName = keyof Commands;",
        REPLY,
        _map("DurableEvents", "Every event that is kept in a log, by the name under which it is emitted.", durable),
        DURABLE_EVENT,
        _map("PassingEvents", "Every event that is told and not kept.", passing),
        "export type Events = DurableEvents & PassingEvents;",
        _map("Routes", "Every HTTP route.", routes),
    ]


def _map(name: str, note: str, entries: list[tuple[str, str, str]]) -> str:
    if not entries:
        return f"{_comment(note)}export type {name} = Record<string, never>;"
    lines = "\n".join(f"{_comment(why, 2)}  {key}: {value};" for why, key, value in entries)
    return f"{_comment(note)}export interface {name} {{\n{lines}\n}}"


def _command_note(spec: CommandSpec) -> str:
    return f"{summary(spec.summary)} From: {', '.join(surface.roles_shown(spec.roles))}."


def _command_entry(words: Vocabulary, spec: CommandSpec) -> str:
    return f"{{ body: {type_of(words.of(spec.body))}; result: {type_of(words.of(spec.result))} }}"


def _route_entry(words: Vocabulary, route: RouteSpec) -> str:
    query = type_of(words.of(route.query))
    body = type_of(words.of(route.body)) if route.body else "undefined"
    result = type_of(words.references.get(route.result, {}))
    return f"{{ query: {query}; body: {body}; result: {result} }}"


def _limits(words: Vocabulary) -> str:
    blocks = "\n".join(
        _limits_of(name, words.components[spec.body.__name__]) for name, spec in surface.commands().items()
    )
    note = "The limits of each command's fields; lengths count code points, not UTF-16 units."
    return f"{_comment(note)}export const LIMITS = {{\n{blocks}\n}} as const;"


def _limits_of(name: str, schema: Schema) -> str:
    fields = [f"    {field}: {kept},\n" for field, one in schema["properties"].items() if (kept := _limiting(one))]
    return f"  {name}: {{\n{''.join(fields)}  }}," if fields else f"  {name}: {{}},"


def _limiting(schema: Schema) -> str:
    kept = [f"{name}: {json.dumps(schema[name])}" for name in LIMITING if name in schema]
    return f"{{ {', '.join(kept)} }}" if kept else ""


def _comment(text: str, indent: int = 0) -> str:
    """A documentation comment with its line break, or nothing for no text."""
    lines = [line for paragraph in prose(text).split("\n\n") for line in _wrapped(paragraph, WIDTH - indent)]
    space = " " * indent
    if not any(lines):
        return ""
    if len(lines) == 1:
        return f"{space}/** {lines[0]} */\n"
    return f"{space}/**\n" + "".join(f"{space} * {line}\n" for line in lines) + f"{space} */\n"


def _wrapped(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]
