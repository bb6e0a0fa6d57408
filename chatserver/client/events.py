"""What the server tells, as Structs: events that are kept, and events that pass."""

from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from chatserver.conversation import messages as conversation_messages
from chatserver.conversation.events import BODY_OF, Body, By, Thread, decode_body
from chatserver.conversation.messages import Heads
from chatserver.desk import messages as desk_messages


class Durable(Struct, gc=False):
    """An event of a log, as it was told or as `sync` gave it.

    `type` is its name, `at` the server's milliseconds since 1970, `key` is there on the sender's own messages only,
    `raw` is the whole event as JSON.
    """

    id: str
    conversation: str
    thread: Thread
    seq: int
    at: int
    by: By
    type: str = ""
    key: str | None = None
    raw: bytes = b""

    @property
    def body(self) -> Body:
        """What the event adds to its envelope, as its Struct."""
        return decode_body(self.type, self.raw)

    def as_dict(self) -> dict[str, Any]:
        """The event as `sync` gives it, for the reducer."""
        return {**msgspec.json.decode(self.raw), "type": self.type}


class Passing(Struct, frozen=True):
    """An event that nobody keeps; `body` is its Struct, or plain JSON data for a name newer than this client."""

    type: str
    body: Any

    @property
    def conversation(self) -> str:
        """The conversation it is about, empty when it is about none."""
        return getattr(self.body, "conversation", "")


Event = Durable | Passing


class Countdown(Struct, frozen=True):
    """Something happens in `in_ms` milliseconds."""

    in_ms: int


_durable: Final = msgspec.json.Decoder(Durable)
_passing: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    name: msgspec.json.Decoder(body)
    for name, body in {
        **conversation_messages.PASSING,
        **desk_messages.PASSING,
        "heads": dict[str, Heads],
        "reconnect_soon": Countdown,
        "auth_expiring": Countdown,
    }.items()
}


def is_durable(name: str) -> bool:
    """Whether events of this name are kept in a log."""
    return name in BODY_OF


def read_durable(raw: Raw | bytes, name: str = "") -> Durable:
    """A durable event; `name` is the frame's, events of a page carry their own. Raises `ValidationError`."""
    event = _durable.decode(raw)
    event.raw = bytes(raw)
    if name:
        event.type = name
    return event


def read_passing(name: str, raw: Raw) -> Passing:
    """A passing event. Raises `ValidationError`."""
    decoder = _passing.get(name)
    return Passing(name, decoder.decode(raw) if decoder else msgspec.json.decode(raw))
