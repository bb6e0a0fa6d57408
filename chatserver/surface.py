"""What the product offers to the outside: its commands, routes, events and error codes, in one list.

The running server, the generated documents and the tests of the documentation all read it here.
"""

from typing import Annotated, Any, Final, Literal, get_args

from msgspec import UNSET, Meta, Struct, UnsetType

from chatserver.channels.mail import MailApi
from chatserver.conversation import messages as conversation_messages
from chatserver.conversation.api import ConversationsApi
from chatserver.conversation.attachments.api import AttachmentsApi
from chatserver.conversation.events import By, Status, Thread
from chatserver.conversation.messages import Heads
from chatserver.conversation.service import Conversations
from chatserver.core.commands import CommandSpec, specs_of
from chatserver.core.errors import HTTP_STATUS
from chatserver.core.routes import RouteSpec, routes_of
from chatserver.core.session import Role
from chatserver.desk import messages as desk_messages
from chatserver.desk.api import DeskApi
from chatserver.desk.board import messages as board_messages
from chatserver.desk.board.service import BoardDesk
from chatserver.desk.callbacks import messages as callback_messages
from chatserver.desk.callbacks.service import Callbacks
from chatserver.desk.catalogue.api import ADMINISTRATION, READING
from chatserver.desk.consulting import messages as consulting_messages
from chatserver.desk.consulting.service import Consulting
from chatserver.desk.history.api import HistoryApi
from chatserver.desk.hours.service import HoursDesk
from chatserver.desk.messages import PresenceStatus
from chatserver.desk.presence import PresenceDesk
from chatserver.desk.replies.service import Replies
from chatserver.desk.service import Desk
from chatserver.desk.supervising.service import Supervising
from chatserver.desk.tagging import Tagging
from chatserver.desk.viewing import ViewingDesk
from chatserver.knowledge.topics import TopicsApi
from chatserver.trust.administration import AccountsApi
from chatserver.trust.api import SignInApi
from chatserver.trust.audit.api import AuditApi
from chatserver.trust.evidence.api import EvidenceApi
from chatserver.trust.factors.api import SecurityApi
from chatserver.trust.gate import Gate
from chatserver.trust.messages import ConnectAuth
from chatserver.trust.oidc import OidcApi
from chatserver.trust.outbound import messages as outbound_messages
from chatserver.trust.outbound.api import HeldApi
from chatserver.trust.oversight import messages as oversight_messages
from chatserver.trust.oversight.api import OversightApi
from chatserver.trust.passkey_sign_in import PasskeySignInApi
from chatserver.trust.privacy.api import UsersApi
from chatserver.trust.privacy.duties import DutiesApi
from chatserver.trust.proof.api import ProofApi

COMMAND_ROOMS: Final[tuple[type, ...]] = (
    Conversations,
    Desk,
    PresenceDesk,
    Consulting,
    Callbacks,
    HoursDesk,
    Replies,
    Tagging,
    Supervising,
    ViewingDesk,
    Gate,
)
"""Classes whose methods answer commands, in the order in which they are documented."""

ROUTE_ROOMS: Final[tuple[type, ...]] = (
    SignInApi,
    PasskeySignInApi,
    OidcApi,
    SecurityApi,
    ConversationsApi,
    AttachmentsApi,
    DeskApi,
    Consulting,
    Callbacks,
    HoursDesk,
    Replies,
    HistoryApi,
    BoardDesk,
    *READING,
    TopicsApi,
    *ADMINISTRATION,
    AccountsApi,
    AuditApi,
    EvidenceApi,
    MailApi,
    OversightApi,
    UsersApi,
    HeldApi,
    ProofApi,
    DutiesApi,
)
"""Classes whose methods answer HTTP requests, in the order in which they are documented."""


class Envelope(Struct, frozen=True, kw_only=True):
    """What every durable event carries.

    `seq` counts from 1 without a gap within one thread of one conversation; `at` is the server's
    time in milliseconds since 1970.
    """

    id: Annotated[str, Meta(description="Opaque id of the event.")]
    conversation: Annotated[str, Meta(description="Id of the conversation.")]
    thread: Thread
    seq: Annotated[int, Meta(ge=1, description="Number within the thread, from 1 without a gap.")]
    at: Annotated[int, Meta(description="Server time, milliseconds since 1970.")]
    by: By


AUTH: Final = ConnectAuth
"""What CONNECT carries."""


class ReconnectSoon(Struct, frozen=True):
    """The server is about to stop; connect again within `in_ms` milliseconds, best at a random moment."""

    in_ms: int


class AuthExpiring(Struct, frozen=True):
    """The credential of this socket ends in `in_ms` milliseconds; send `renew` before."""

    in_ms: int


HeadsByConversation = Annotated[
    dict[str, Heads],
    Meta(description="How far each conversation of this socket reaches, by id; whoever is behind asks `sync`."),
]

PASSING: Final[dict[str, Any]] = {
    **conversation_messages.PASSING,
    **desk_messages.PASSING,
    **outbound_messages.PASSING,
    **consulting_messages.PASSING,
    **callback_messages.PASSING,
    **board_messages.PASSING,
    **oversight_messages.PASSING,
    "heads": HeadsByConversation,
    "reconnect_soon": ReconnectSoon,
    "auth_expiring": AuthExpiring,
}
"""Events that are told and not kept, by name, with the type of their body."""

NAMED: Final[dict[str, Any]] = {
    "Thread": Thread,
    "Status": Status,
    "PresenceStatus": PresenceStatus,
    "Role": Literal["user", "agent", "supervisor", "admin", "auditor"],
}
"""Sets of words that have a name of their own in the generated types."""

OUTSIDE_ROLES: Final = tuple(role for role in Role if role is not Role.BOT)
"""The roles that can connect; the bot lives inside the server."""


class ErrorBody(Struct, frozen=True):
    """Why something was refused.

    `message` tells a person what to do next, `field` names the input at fault, `retry_after_ms`
    says when the same request may succeed.
    """

    code: Literal[tuple(HTTP_STATUS)]  # type: ignore[valid-type]
    message: str
    field: str | UnsetType = UNSET
    retry_after_ms: int | UnsetType = UNSET


ERROR_MEANINGS: Final[dict[str, str]] = {
    "invalid": "Unknown command or wrong shape; `field` says where. The same again will not do.",
    "unauthenticated": "Who this is could not be established, or no longer. Sign in again.",
    "forbidden": "This role, identity or origin may not do this, whatever the state.",
    "not_found": "There is no such thing, or it is not yours to see; the two are told apart by nobody.",
    "conflict": "The present state forbids it. Look at the state again before trying anything else.",
    "closed": "The conversation has ended. Start a new one, or have an agent reopen it.",
    "not_assigned": "An agent writes in a conversation that is not, or no longer, theirs; nothing was sent.",
    "capacity": "All slots of the agent are taken. Close or hand off a conversation first.",
    "offer_expired": "The offer is not, or no longer, the present one to this agent.",
    "too_large": "A text is longer than its limit, or a body or file is too big.",
    "upgrade_required": "The client speaks a version of the protocol that this server does not.",
    "rate_limited": "Too many in too short a time; always with `retry_after_ms`.",
    "storage": "It could not be made durable, so it did not happen. Send the same again, with the same key.",
    "retry": "Nothing was decided in time, or the server is about to stop. Send the same again, with the same key.",
}
"""Every error code with its sentence."""


def sentence_of_passing(name: str) -> str:
    """What a passing event tells."""
    kind = PASSING[name]
    notes = [meta.description for meta in get_args(kind) if isinstance(meta, Meta)]
    return next(filter(None, notes), kind.__doc__) or ""


def commands() -> dict[str, CommandSpec]:
    """Every command by name."""
    return specs_of(COMMAND_ROOMS)


def routes() -> list[RouteSpec]:
    """Every HTTP route that a room declares."""
    return routes_of(ROUTE_ROOMS)


def roles_shown(roles: frozenset[Role]) -> list[str]:
    """Roles as the documents list them: in their natural order, without the bot."""
    return [str(role) for role in OUTSIDE_ROLES if role in roles]
