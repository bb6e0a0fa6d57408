"""Reference pages of the contract: commands, events, errors, HTTP, and the types they share."""

from collections.abc import Iterable
from typing import Any, Final

from chatserver import surface
from chatserver.conversation.events import BODIES, BODY_OF, THREAD_OF
from chatserver.core.commands import CommandSpec
from chatserver.core.errors import HTTP_STATUS
from chatserver.core.routes import NoQuery, Raw, RouteSpec
from chatserver.gen.markdown import fields, page, shape_of, table
from chatserver.gen.openapi import FIXED, codes_of
from chatserver.gen.prose import prose, summary
from chatserver.gen.schemas import DURABLE, Schema, Vocabulary, inbound

CONNECT: Final = """\
## Connecting

Socket.IO 5 over WebSocket (no long polling) at `/socket.io/`, namespace `/`, JSON text, frames up to 64 kB. A refusal
is a CONNECT_ERROR `{message, data:{code}}`; after success the first event is [`welcome`](events.md#welcome)."""
COMMANDS: Final = """\
A command is emitted over the socket under its name, with one JSON object and an acknowledgement id. The
acknowledgement is `{"ok":true,"result":{…}}` or `{"ok":false,"error":{…}}` ([errors](errors.md)). Fields that a command
does not know are refused; an optional one is left out, never null. Checks come in this order: name, role, shape,
visibility, key, state."""
EVENTS: Final = """\
**Durable** events are rows of a log: each has a number in its thread, is emitted under its own name to every socket of
every party, and is read again with [`sync`](commands.md#sync), there with its `type`. **Passing** events are told once
and not kept."""
ERRORS: Final = """\
Every refusal has one of these codes, over the socket as `{"ok":false,"error":{…}}`, over HTTP as `{"error":{…}}` with
the status given here. After `retry`, `storage` or silence the same command is sent again with the same key: it happens
once."""
HTTP: Final = """\
`Authorization: Bearer TOKEN` with an agent's access token or a user's identity token, or `Visitor KEY` for an anonymous
user. What somebody sees is the same as over the socket. Refusals are `{"error":{code, message, field?}}`
([errors](errors.md)). The same as a document for machines: [openapi.json](openapi.json)."""


def commands(words: Vocabulary) -> str:
    """The page of the commands."""
    specs = surface.commands()
    rows = [(f"[`{name}`](#{name})", _roles(spec), summary(spec.summary)) for name, spec in specs.items()]
    overview = table(("command", "from", "what it does"), rows)
    auth = words.components[surface.AUTH.__name__]
    connecting = f"{CONNECT}\n\n{auth['description']}\n\n{fields(auth, '', given='required')}"
    return page("Commands", COMMANDS, overview, connecting, *(_command(words, spec) for spec in specs.values()))


def _roles(spec: CommandSpec) -> str:
    return ", ".join(surface.roles_shown(spec.roles))


def _command(words: Vocabulary, spec: CommandSpec) -> str:
    return "\n\n".join(
        [
            f"## {spec.name}",
            prose(spec.summary),
            f"From: {_roles(spec)}. Answered within {spec.deadline_s:g} s.",
            fields(words.components[spec.body.__name__], "The body is empty.", given="required"),
            _result(words, spec.result),
        ]
    )


def _result(words: Vocabulary, kind: Any) -> str:
    schema = words.components[kind.__name__]
    return f"Result: {prose(kind.__doc__)}\n\n{fields(schema, 'It is an empty object.')}"


def events(words: Vocabulary) -> str:
    """The page of the events."""
    durable = [(f"[`{name}`](#{name})", summary(body.__doc__)) for name, body in BODY_OF.items()]
    passing = [(f"[`{name}`](#{_anchor(name)})", _about(name)) for name in surface.PASSING]
    head = ("event", "what it tells")
    envelope = words.components["Envelope"]
    return page(
        "Events",
        EVENTS,
        f"## Durable\n\n{prose(envelope['description'])}\n\n{fields(envelope, '')}",
        table(head, durable),
        *(_durable(words, name, set(envelope["properties"])) for name in BODY_OF),
        f"## Passing\n\n{table(head, passing)}",
        *(_passing(words, name) for name in surface.PASSING),
    )


def _anchor(name: str) -> str:
    return f"{name}-1" if name in BODY_OF else name


def _about(name: str) -> str:
    return summary(surface.sentence_of_passing(name))


def _durable(words: Vocabulary, name: str, inherited: set[str]) -> str:
    body = BODY_OF[name]
    schema = words.components[body.__name__]
    own = {field: one for field, one in schema["properties"].items() if field not in inherited}
    added = fields({**schema, "properties": own}, "It adds nothing.")
    return f"### {name}\n\n{prose(body.__doc__)}\n\nThread: `{THREAD_OF[body]}`.\n\n{added}"


def _passing(words: Vocabulary, name: str) -> str:
    schema = words.of(surface.PASSING[name])
    named = words.components.get(str(schema.get("$ref", "")).rpartition("/")[2])
    body = fields(named, "It is an empty object.") if named else f"Body: {shape_of(schema)}."
    return f"### {name}\n\n{prose(surface.sentence_of_passing(name))}\n\n{body}"


def errors() -> str:
    """The page of the error codes."""
    rows = [(f"`{code}`", str(status), surface.ERROR_MEANINGS[code]) for code, status in HTTP_STATUS.items()]
    return page("Errors", ERRORS, table(("code", "HTTP", "meaning"), rows))


def http(words: Vocabulary) -> str:
    """The page of the HTTP routes."""
    fixed = [(f"`GET {path}`", told[1]) for path, told in FIXED.items()]
    routes = [(f"`{one.method} {one.path}`", summary(one.summary)) for one in surface.routes()]
    overview = table(("route", "what it does"), [*routes, *fixed])
    return page("HTTP", HTTP, overview, *(_route(words, one) for one in surface.routes()))


def _route(words: Vocabulary, route: RouteSpec) -> str:
    roles = "everybody" if route.roles is None else ", ".join(surface.roles_shown(route.roles))
    parts = [f"## {route.method} {route.path}", prose(route.summary), f"From: {roles}."]
    if route.query is not NoQuery:
        parts.append(f"Query:\n\n{fields(words.components[route.query.__name__], '', given='required')}")
    if route.upload:
        parts.append("Body: multipart, one file in the field `file`.")
    if route.body is not None:
        body = fields(words.components[route.body.__name__], "It is an empty object.", given="required")
        parts.append(f"Body:\n\n{body}")
    parts.append("Result: a file." if route.result is Raw else _result(words, route.result))
    if route.files:
        parts.append(f"Or a file: {', '.join(f'`{kind}`' for kind in route.files)}.")
    parts.append(f"Refusals: {', '.join(f'`{code}`' for code in codes_of(route))}.")
    return "\n\n".join(parts)


def types(words: Vocabulary) -> str:
    """The page of the types that other pages link to."""
    sections = []
    for name in _shared(words):
        schema = words.components[name]
        sections.append(f"## {name}\n\n{schema.get('description', '')}\n\n{fields(schema, 'It is an empty object.')}")
    return page("Types", "Objects that commands, events and routes have in common.", *sections)


def _shared(words: Vocabulary) -> Iterable[str]:
    events_only = {DURABLE, "Envelope"}
    for body in BODIES:
        events_only |= {body.__name__, f"{body.__name__}Row"}
    shown_as_bodies = {kind.__name__ for kind in inbound()}
    linked = "".join([commands(words), events(words), http(words)])
    names = [name for name in words.components if name not in events_only]
    # What is sent as a whole has its section where it is sent, and one here if something else holds it, too.
    own = [name for name in names if name not in shown_as_bodies]
    nested = {name for name in names if any(_refers(words.components[other], name) for other in own)}
    return [
        name
        for name in names
        if name in nested or (name not in shown_as_bodies and f"(types.md#{name.lower()})" in linked)
    ]


def _refers(schema: Schema, name: str) -> bool:
    return f"/{name}'" in str(schema)
