"""The socket's side of the contract as AsyncAPI 3.0."""

from typing import Any, Final

import chatserver
from chatserver import surface
from chatserver.conversation.events import BODY_OF, THREAD_OF
from chatserver.core.commands import CommandSpec
from chatserver.gen.prose import prose, summary
from chatserver.gen.schemas import DURABLE, Schema, Vocabulary, reference, vocabulary
from chatserver.trust.messages import PROTOCOL

CHANNEL: Final = "socket"
DESCRIPTION: Final = """\
Commands and events travel as Socket.IO 5 event packets over WebSocket, namespace `/`, JSON text, frames up to 64 kB.

A command is emitted under its name with one JSON object and an acknowledgement id; the acknowledgement carries
`{"ok":true,"result":…}` or `{"ok":false,"error":…}`. Commands of one socket are run and acknowledged in the order in
which they came. A durable event has a number in its thread and is read again with `sync`; a passing one is told once.

CONNECT carries the object described by `x-auth` of the channel; a refusal is a CONNECT_ERROR
`{"message":…,"data":{"code":…}}`. After success the first event is `welcome`.
"""


def document(words: Vocabulary | None = None) -> dict[str, Any]:
    """The AsyncAPI document."""
    words = words or vocabulary()
    messages = _messages(words)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "chatserver",
            "version": chatserver.__version__,
            "description": DESCRIPTION,
            "license": {"name": "MIT"},
            "x-protocol": PROTOCOL,
        },
        "defaultContentType": "application/json",
        "servers": {
            "here": {
                "host": "{host}",
                "pathname": "/socket.io/",
                "protocol": "ws",
                "description": "Socket.IO 5 with the WebSocket transport only.",
                "variables": {"host": {"default": "127.0.0.1:8080"}},
            }
        },
        "channels": {
            CHANNEL: {
                "address": "/",
                "title": "The default namespace",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                "x-auth": words.of(surface.AUTH),
            }
        },
        "operations": _operations(),
        "components": {"messages": messages, "schemas": _schemas(words)},
    }


def _messages(words: Vocabulary) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for name, spec in surface.commands().items():
        found[f"command.{name}"] = _message(name, spec.summary, words.of(spec.body))
        found[f"result.{name}"] = _message(f"{name} (acknowledgement)", spec.result.__doc__, _reply(words, spec))
    for name, body in BODY_OF.items():
        found[f"event.{name}"] = _message(name, body.__doc__, reference(body.__name__))
    for name, kind in surface.PASSING.items():
        found[f"event.{name}"] = _message(name, surface.sentence_of_passing(name), words.of(kind))
    return found


def _message(title: str, docstring: str | None, payload: Schema) -> Schema:
    return {
        "name": title.split(" ", maxsplit=1)[0],
        "title": title,
        "summary": summary(docstring),
        "description": prose(docstring),
        "payload": _draft_7(payload),
    }


def _reply(words: Vocabulary, spec: CommandSpec) -> Schema:
    return {
        "oneOf": [
            {
                "type": "object",
                "properties": {"ok": {"const": True}, "result": words.of(spec.result)},
                "required": ["ok", "result"],
            },
            reference("Refusal"),
        ]
    }


def _operations() -> dict[str, Schema]:
    operations = {f"command.{name}": _receive(spec) for name, spec in surface.commands().items()}
    for name, body in BODY_OF.items():
        operations[f"event.{name}"] = {
            **_send(name, body.__doc__),
            "x-durable": True,
            "x-thread": THREAD_OF[body],
        }
    for name in surface.PASSING:
        operations[f"event.{name}"] = {**_send(name, surface.sentence_of_passing(name)), "x-durable": False}
    return operations


def _receive(spec: CommandSpec) -> Schema:
    channel = {"$ref": f"#/channels/{CHANNEL}"}
    return {
        "action": "receive",
        "channel": channel,
        "title": spec.name,
        "summary": summary(spec.summary),
        "description": prose(spec.summary),
        "messages": [{"$ref": f"#/channels/{CHANNEL}/messages/command.{spec.name}"}],
        "reply": {
            "channel": channel,
            "messages": [{"$ref": f"#/channels/{CHANNEL}/messages/result.{spec.name}"}],
        },
        "x-roles": surface.roles_shown(spec.roles),
        "x-deadline-ms": round(spec.deadline_s * 1_000),
    }


def _send(name: str, docstring: str | None) -> Schema:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{CHANNEL}"},
        "title": name,
        "summary": summary(docstring),
        "description": prose(docstring),
        "messages": [{"$ref": f"#/channels/{CHANNEL}/messages/event.{name}"}],
    }


def _schemas(words: Vocabulary) -> dict[str, Schema]:
    """The named schemas that messages reach, so that nothing of HTTP is among them."""
    refusal = {
        "title": "Refusal",
        "description": "The acknowledgement of a command that was refused; nothing has happened.",
        "type": "object",
        "properties": {"ok": {"const": False}, "error": reference("ErrorBody")},
        "required": ["ok", "error"],
    }
    known = {**words.components, "Refusal": refusal}
    reached = reach([*_messages(words).values(), reference(DURABLE), words.of(surface.AUTH)], known)
    return {name: _draft_7(known[name]) for name in known if name in reached}


def reach(roots: list[Any], known: dict[str, Schema]) -> set[str]:
    """The names of the schemas that can be reached by references from some documents."""
    found: set[str] = set()
    open_ends = list(roots)
    while open_ends:
        one = open_ends.pop()
        if isinstance(one, list):
            open_ends += one
        elif isinstance(one, dict):
            name = str(one.get("$ref", "")).rpartition("/")[2]
            if name in known and name not in found:
                found.add(name)
                open_ends.append(known[name])
            open_ends += one.values()
    return found


def _draft_7(schema: Any) -> Any:
    """AsyncAPI's schemas are those of JSON Schema draft 7, which writes a tuple as a list of `items`."""
    if isinstance(schema, list):
        return [_draft_7(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    converted = {name: _draft_7(one) for name, one in schema.items() if name != "prefixItems"}
    if "prefixItems" in schema:
        converted["items"] = _draft_7(schema["prefixItems"])
        converted["additionalItems"] = False
    return converted
