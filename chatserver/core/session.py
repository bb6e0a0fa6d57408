"""Who is speaking: the roles, and the session of one connection or request."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from chatserver.core.audit import Actor


class Role(StrEnum):
    """What somebody is; decides what they may do."""

    USER = "user"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"
    BOT = "bot"


STAFF: Final = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR})
"""Everybody who signs in with an account of their own."""

AGENTS: Final = frozenset({Role.AGENT, Role.SUPERVISOR})
"""Those who may serve conversations; "agent" in the contract means these."""

USER_ONLY: Final = frozenset({Role.USER})
ADMIN_ONLY: Final = frozenset({Role.ADMIN})
SUPERVISOR_ONLY: Final = frozenset({Role.SUPERVISOR})
PARTIES: Final = frozenset({Role.USER, Role.AGENT, Role.SUPERVISOR})
"""Users and agents: "both" in the contract."""


ALL_AGENTS: Final = "agents"
OVERSEERS: Final = "overseers"
"""Addresses of many at once: every agent's sockets, and those of supervisors, administrators and auditors."""

GROUPS: Final = {ALL_AGENTS: AGENTS, OVERSEERS: frozenset({Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR})}

WARDEN: Final = "warden"
"""Subject of the bot's sessions that warn of a danger; they may write while a person serves, too."""


def identity_of(role: Role, subject: str) -> str:
    """The address of all devices of one person: `user:ID`, `agent:ID` (any staff), or `bot`."""
    if role is Role.BOT:
        return "bot"
    return f"user:{subject}" if role is Role.USER else f"agent:{subject}"


@dataclass(slots=True)
class Session:
    """One signed-in connection or request.

    `id` names the session, `subject` the user or agent, `name` is what others are shown,
    `locale` is `zh-CN` or `en`, `tier` is 0 for users, `expires_at` is milliseconds since 1970
    or None when the credential has no end, `family` is the sign-in that staff came by, if any.
    `bare` says that a second factor has to be set up before anything else is done,
    `address` is where it came from, `device` a digest of that and of the program that speaks:
    the same for two accounts on one machine. `program` is what that calls itself, on sockets.
    """

    id: str
    role: Role
    subject: str
    name: str
    locale: str = "en"
    tier: int = 0
    expires_at: int | None = None
    vip: bool = False
    family: str | None = None
    address: str = ""
    device: str = ""
    program: str = ""
    bare: bool = False

    @property
    def actor(self) -> Actor:
        """Who this is in the audit log."""
        return Actor(self.identity, str(self.role), self.id, self.address)

    @property
    def identity(self) -> str:
        """The address of all devices of this person."""
        return identity_of(self.role, self.subject)

    @property
    def is_user(self) -> bool:
        """Whether this is a wallet user."""
        return self.role is Role.USER

    @property
    def by_role(self) -> str:
        """The role as events tell it: a supervisor is an `agent` to everybody else."""
        return "agent" if self.role in STAFF else str(self.role)
