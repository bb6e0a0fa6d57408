"""What can have happened in a conversation: one Struct per durable event.

A Struct here holds what an event adds to its envelope (`Recorded`). It is the body of the stored
row, part of the frame on the wire and the source of the documents: a field is renamed by a
migration only.
"""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from chatserver.core.commands import snake_case
from chatserver.core.ids import event_id
from chatserver.core.ports import LinkShown

Thread = Literal["public", "internal"]
"""`public` is read by both parties; `internal` by agents only, users never learn of it."""

Status = Literal["bot", "waiting", "offered", "active", "closed"]
Tier = Annotated[int, Meta(ge=1, le=2, description="Support tier, 1 or 2.")]


class AgentInfo(Struct, frozen=True, omit_defaults=True):
    """An agent as others see them."""

    id: str
    name: str
    tier: int


class By(Struct, frozen=True):
    """Who did it; `id` is null for `system` and `bot`."""

    role: Literal["user", "agent", "bot", "system"]
    id: str | None
    name: str


class Body(Struct, frozen=True, kw_only=True):
    """Base of what durable events add to their envelope."""


class ConversationStarted(Body, frozen=True):
    """A user opened a conversation; it begins with the bot. `topic` is empty when none was chosen."""

    topic: str
    locale: str


class FileInfo(Struct, frozen=True):
    """A file that was sent: what it is called, what it is by its content, its bytes, and a picture's pixels."""

    id: str
    name: str
    type: str
    size: int
    width: int | UnsetType = UNSET
    height: int | UnsetType = UNSET


class MessagePosted(Body, frozen=True):
    """Somebody wrote a message.

    `attachments` are ids and `files` what they are, in the same order; `removed` names the kinds of secrets that were
    taken out of the text. `links` tells of each link where it really leads, as it was judged when it was posted;
    `flags` has `impersonation` where somebody plays the company and leads people away. The text is as it was written.
    """

    text: str
    attachments: list[str] = []
    files: list[FileInfo] | UnsetType = UNSET
    reply_to: str | UnsetType = UNSET
    removed: list[str] | UnsetType = UNSET
    links: list[LinkShown] | UnsetType = UNSET
    flags: list[str] | UnsetType = UNSET


class Queued(Body, frozen=True):
    """The conversation waits for an agent of a tier."""

    tier: Tier
    priority: int
    reason: str


class AgentAssigned(Body, frozen=True):
    """An agent serves the conversation from now on."""

    agent: AgentInfo


class HandedOff(Body, frozen=True):
    """The agent gave the conversation to another tier, where it waits with its place kept."""

    from_tier: Tier
    to_tier: Tier
    reason: str


class AgentLeft(Body, frozen=True):
    """The agent no longer serves the conversation; `parked`: nobody does until the user writes again."""

    reason: Literal["transferred", "gone", "no_reply", "parked"]


class QueueLeft(Body, frozen=True):
    """The conversation no longer waits; the bot has it again."""

    reason: Literal["cancelled", "abandoned", "solved", "callback"]


class SupervisorJoined(Body, frozen=True):
    """A supervisor takes part beside the agent."""

    agent: AgentInfo


class SupervisorLeft(Body, frozen=True):
    """A supervisor no longer takes part."""

    agent: AgentInfo


class ConversationClosed(Body, frozen=True):
    """The conversation ended; `disposition` is its outcome in the desk's own codes, or null."""

    disposition: str | None


class ConversationReopened(Body, frozen=True):
    """The conversation goes on; `disposition` is the one it had been closed with, or null."""

    disposition: str | None


class ConversationRated(Body, frozen=True):
    """The user judged the service, 1 (bad) to 5 (good); a later rating replaces an earlier one."""

    score: int
    solved: bool | UnsetType = UNSET
    attitude: int | UnsetType = UNSET
    professionalism: int | UnsetType = UNSET
    comment: str | UnsetType = UNSET


class MessageRemoved(Body, frozen=True):
    """The text of an earlier message is gone: wherever it is read, `text` is empty."""

    message: str
    removed: list[str]


class IdleReminded(Body, frozen=True):
    """The user was asked whether they are still there: the agent wrote last, and that is a while ago."""


class CallbackRequested(Body, frozen=True, rename={"from_at": "from", "until_at": "until"}):
    """The user wants to be called, between two instants; of the number only the end is told."""

    callback: str
    from_at: int
    until_at: int
    phone_hint: str


class CallbackClaimed(Body, frozen=True):
    """An agent is about to call the user."""

    callback: str
    agent: AgentInfo


class CallbackFinished(Body, frozen=True):
    """What came of a call; `again` says that there will be another try."""

    callback: str
    outcome: Literal["reached", "no_answer", "wrong_number", "cancelled"]
    again: bool


class NoteAdded(Body, frozen=True):
    """An agent left a note for colleagues (internal thread), for one of them if `to` is there."""

    text: str
    files: list[FileInfo] | UnsetType = UNSET
    to: AgentInfo | UnsetType = UNSET


class ConsultAsked(Body, frozen=True):
    """The agent asks a colleague, or whoever of a tier answers first, for advice (internal thread)."""

    text: str
    tier: Tier
    agent: AgentInfo | UnsetType = UNSET


class ConsultantJoined(Body, frozen=True):
    """A colleague gives advice from now on; the user does not learn of it (internal thread)."""

    agent: AgentInfo


class ConsultantLeft(Body, frozen=True):
    """A colleague no longer gives advice (internal thread)."""

    agent: AgentInfo


class TagsChanged(Body, frozen=True):
    """The conversation has these tags now, by id (internal thread)."""

    tags: list[str]


BODIES: Final[tuple[type[Body], ...]] = (
    ConversationStarted,
    MessagePosted,
    Queued,
    AgentAssigned,
    HandedOff,
    AgentLeft,
    QueueLeft,
    SupervisorJoined,
    SupervisorLeft,
    ConversationClosed,
    ConversationReopened,
    ConversationRated,
    MessageRemoved,
    IdleReminded,
    CallbackRequested,
    CallbackClaimed,
    CallbackFinished,
    NoteAdded,
    ConsultAsked,
    ConsultantJoined,
    ConsultantLeft,
    TagsChanged,
)
"""Every durable event."""

TYPE_OF: Final[dict[type[Body], str]] = {body: snake_case(body.__name__) for body in BODIES}
BODY_OF: Final[dict[str, type[Body]]] = {name: body for body, name in TYPE_OF.items()}
INTERNAL: Final = frozenset({NoteAdded, ConsultAsked, ConsultantJoined, ConsultantLeft, TagsChanged})
"""What users never learn of."""

THREAD_OF: Final[dict[type[Body], Thread]] = {body: "internal" if body in INTERNAL else "public" for body in BODIES}

KEYED: Final = (MessagePosted, NoteAdded, ConsultAsked)
"""Durable events that tell their sender, and nobody else, the key they were sent with."""

_encoder = msgspec.json.Encoder(order="sorted")  # canonical (RFC 8785): what is stored is what is hashed
_decoders: Final = {name: msgspec.json.Decoder(body) for name, body in BODY_OF.items()}


def encode_body(body: Body) -> bytes:
    """The stored and transmitted form of a body."""
    return _encoder.encode(body)


def decode_body(type_: str, body: bytes) -> Body:
    """The Struct of a stored body."""
    decoded: Body = _decoders[type_].decode(body)
    return decoded


class Recorded(Struct, frozen=True, gc=False):
    """One row of a log: the envelope of an event and its encoded body.

    `conversation` is the public id, `at` milliseconds since 1970. `key` is the sender's, told to
    nobody else.
    """

    conversation: str
    thread: Thread
    seq: int
    at: int
    type: str
    by: By
    key: str | None
    body: bytes

    @property
    def id(self) -> str:
        """The opaque id of the event."""
        return event_id(self.conversation, self.thread, self.seq)

    @property
    def sender(self) -> str:
        """The identity that wrote it."""
        return f"{self.by.role}:{self.by.id}" if self.by.id else self.by.role

    def read(self) -> Body:
        """The body as its Struct."""
        return decode_body(self.type, self.body)

    def wire(self, *, typed: bool, with_key: bool) -> bytes:
        """The event as JSON: envelope and body in one object.

        `typed` adds `type` (in `sync`, where it is not the name of the frame); `with_key` adds the
        sender's key, for the sender's own sockets.
        """
        envelope: dict[str, Any] = {
            "id": self.id,
            "conversation": self.conversation,
            "thread": self.thread,
            "seq": self.seq,
            "at": self.at,
            "by": self.by,
        }
        if typed:
            envelope["type"] = self.type
        if with_key and self.key is not None:
            envelope["key"] = self.key
        head = _encoder.encode(envelope)
        return head[:-1] + b"," + self.body[1:] if len(self.body) > 2 else head
