"""The commands of a conversation, their results, and the events that pass without being kept."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from chatserver.conversation.events import AgentInfo, By, Status, Thread
from chatserver.core.commands import Command
from chatserver.core.text import Attributes, Id, Key, Label, LongText, Score, Text

SYNC_LIMIT = 200
"""Events in one page of `sync` at most."""


class Heads(Struct, frozen=True):
    """The highest sequence number of each thread; `internal` is absent for users."""

    public: int
    internal: int | UnsetType = UNSET


class Marks(Struct, frozen=True):
    """How far each side has got and read the public thread: sequence numbers."""

    user_delivered: int
    user_read: int
    agent_delivered: int
    agent_read: int


class Conversation(Struct, frozen=True, kw_only=True):
    """A conversation as one reader sees it now.

    `epoch` counts changes of ownership, `position` is from 1 while it waits, `topic` is empty when
    none was chosen. `parked`: nobody expects an answer at once. For agents only: `tags`, `skill` (empty when none is
    asked for), `priority`, `queued_at` (the first time), and when each side wrote last.
    """

    id: str
    status: Status
    tier: int
    epoch: int
    topic: str
    agent: AgentInfo | UnsetType = UNSET
    position: int | UnsetType | None = UNSET
    heads: Heads
    marks: Marks | UnsetType = UNSET
    parked: bool | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    skill: str | UnsetType = UNSET
    priority: int | UnsetType = UNSET
    queued_at: int | UnsetType = UNSET
    user_wrote_at: int | UnsetType = UNSET
    agent_wrote_at: int | UnsetType = UNSET


class StartConversation(Command, frozen=True):
    """Open a conversation, or go on with the open one.

    With `want_agent` it waits for an agent at once; else the bot answers first.
    """

    key: Key
    topic: Label | UnsetType = UNSET
    text: Text | UnsetType = UNSET
    skill: Label | UnsetType = UNSET
    attributes: Attributes | UnsetType = UNSET
    want_agent: bool = False


class Started(Struct, frozen=True):
    """The conversation that was opened or found; `duplicate` if the key had been used before."""

    conversation: Conversation
    duplicate: bool


class SendMessage(Command, frozen=True):
    """Write a message to the other party. Acknowledged once it is durable."""

    conversation: Id
    key: Key
    text: LongText
    attachments: Annotated[list[Id], Meta(max_length=5)] = field(default_factory=list)
    reply_to: Id | UnsetType = UNSET


class AddNote(Command, frozen=True):
    """Leave a note that only agents can read."""

    conversation: Id
    key: Key
    text: LongText
    attachments: Annotated[list[Id], Meta(max_length=5)] = field(default_factory=list)


class Whisper(Command, frozen=True):
    """Leave a note for the agent who serves the conversation; a supervisor need not join for it."""

    conversation: Id
    key: Key
    text: LongText


class Posted(Struct, frozen=True):
    """Where the message stands in the log; the same again for the same key, as `duplicate`."""

    id: str
    seq: int
    at: int
    duplicate: bool


class Sync(Command, frozen=True, kw_only=True):
    """Read a page of a thread: the events after a sequence number, in order."""

    conversation: Id
    thread: Thread = "public"
    after: Annotated[int, Meta(ge=0, le=2**53)]
    limit: Annotated[int, Meta(ge=1, le=SYNC_LIMIT)] = SYNC_LIMIT


class SyncPage(Struct, frozen=True):
    """`events` in order, `last` the head of the thread, `more` if the page does not reach it."""

    events: list[Raw]
    last: int
    more: bool


class MarkRead(Command, frozen=True):
    """Tell that everything up to a sequence number of the public thread has been seen."""

    conversation: Id
    seq: Annotated[int, Meta(ge=0, le=2**53)]


class MarkDelivered(Command, frozen=True):
    """Tell that everything up to a sequence number of the public thread has arrived on a device."""

    conversation: Id
    seq: Annotated[int, Meta(ge=0, le=2**53)]


class Typing(Command, frozen=True):
    """Tell that one is typing or has stopped; `draft` is shown to agents only."""

    conversation: Id
    on: bool
    draft: LongText | UnsetType = UNSET


class CloseConversation(Command, frozen=True):
    """End the conversation."""

    conversation: Id
    disposition: Label | UnsetType = UNSET


class RateConversation(Command, frozen=True):
    """Judge the service after the conversation was closed; again replaces."""

    conversation: Id
    score: Score
    solved: bool | UnsetType = UNSET
    attitude: Score | UnsetType = UNSET
    professionalism: Score | UnsetType = UNSET
    comment: LongText | UnsetType = UNSET


class Nothing(Struct, frozen=True):
    """Done; there is nothing to tell."""


class ConversationResult(Struct, frozen=True):
    """The conversation as it stands now."""

    conversation: Conversation


class TypingEvent(Struct, frozen=True):
    """Somebody is typing or has stopped."""

    conversation: str
    on: bool
    by: By
    draft: str | UnsetType = UNSET


class ReadEvent(Struct, frozen=True):
    """Somebody has seen everything up to `seq`."""

    conversation: str
    seq: int
    by: By


class DeliveredEvent(Struct, frozen=True):
    """Everything up to `seq` has arrived on a device of somebody."""

    conversation: str
    seq: int
    by: By


class SessionInfo(Struct, frozen=True):
    """The session that a socket has got."""

    id: str
    role: Literal["user", "agent", "supervisor", "admin", "auditor"]
    subject: str
    name: str


Feature = Literal["transcript_mail"]
"""What a server can do when it is set up for it: pages show a button only then."""


class Welcome(Struct, frozen=True):
    """The first event of every socket: who one is and which conversations matter now.

    `visitor` is the key with which an anonymous user can return; `features` are what this server
    offers beside the chat.
    """

    protocol: int
    session: SessionInfo
    server_time: int
    conversations: list[Conversation]
    visitor: str | UnsetType = UNSET
    features: list[Feature] | UnsetType = UNSET


PASSING: dict[str, Any] = {
    "typing": TypingEvent,
    "delivered": DeliveredEvent,
    "read": ReadEvent,
    "welcome": Welcome,
}
"""The passing events of this room, by name."""
