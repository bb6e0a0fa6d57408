"""Accounts of the staff over HTTP: list, add, change. Only administrators change them, with a fresh second factor."""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy import Connection, update

from chatserver.core.audit import Act, Audited
from chatserver.core.errors import conflict, invalid, not_found
from chatserver.core.ports import Audit, Clock, Database
from chatserver.core.routes import Request, route
from chatserver.core.session import STAFF, Role
from chatserver.core.text import Label, shown_name
from chatserver.trust.agents import Agent, EmailTaken, end_sign_ins, every_agent, read_agent
from chatserver.trust.enrolment import Enrolment, EnrolmentRefused, Newcomer
from chatserver.trust.staff_data import sealed
from chatserver.trust.tables import agents

ADMINS: Final = frozenset({Role.ADMIN})
LOOKERS: Final = STAFF - {Role.AGENT}


class AgentAccount(Struct, frozen=True, kw_only=True):
    """An account; a `disabled` one cannot sign in, and serves nobody."""

    id: str
    email: str
    name: str
    role: Literal["agent", "supervisor", "admin", "auditor"]
    tier: int
    capacity: int
    skills: list[str]
    disabled: bool


class AgentAccounts(Struct, frozen=True):
    """All accounts, by name."""

    agents: list[AgentAccount]


class ChangeAccount(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an account is from now on; what is left out stays."""

    name: Annotated[str, Meta(min_length=1, max_length=400)] | UnsetType = UNSET
    role: Literal["agent", "supervisor", "admin", "auditor"] | UnsetType = UNSET
    tier: Literal[1, 2] | UnsetType = UNSET
    capacity: Annotated[int, Meta(ge=1, le=1_000)] | UnsetType = UNSET
    skills: Annotated[list[Label], Meta(max_length=50)] | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET


class AccountsApi:
    """Routes of accounts."""

    def __init__(self, database: Database, clock: Clock, audit: Audit, enrolment: Enrolment) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit
        self._enrolment = enrolment

    @route("GET", "/api/v1/admin/agents", result=AgentAccounts, roles=LOOKERS, audited=Audited.ONCE)
    async def accounts(self, request: Request) -> AgentAccounts:
        """All accounts of the staff, disabled ones too."""
        return AgentAccounts(await self._database.read(read_accounts))

    @route(
        "POST",
        "/api/v1/admin/agents",
        result=AgentAccount,
        roles=ADMINS,
        body=Newcomer,
        errors=("conflict",),
        step_up="add_account",
    )
    async def add(self, request: Request) -> AgentAccount:
        """Add an account; they sign in with the password given, and should change it."""
        try:
            added = await self._enrolment.enrol([request.body], request.caller.actor)
        except EmailTaken as taken:
            raise conflict(str(taken)) from None
        except EnrolmentRefused as refused:
            raise invalid("email", str(refused)) from None
        return _shown(added[0])

    @route(
        "PUT",
        "/api/v1/admin/agents/{agent}",
        result=AgentAccount,
        roles=ADMINS,
        body=ChangeAccount,
        errors=("conflict",),
        step_up="change_account",
    )
    async def change(self, request: Request) -> AgentAccount:
        """Change an account. Another role, or disabling, ends every sign-in of theirs within five seconds."""
        body: ChangeAccount = request.body
        caller, agent, now = request.caller, request.path["agent"], self._clock.now()

        def unit(conn: Connection) -> Agent:
            before = read_agent(conn, agent)
            if before is None:
                raise not_found("account")
            if agent == caller.subject and (body.disabled is True or body.role not in (UNSET, str(before.role))):
                raise conflict("Another administrator must do that: you would shut yourself out.")
            changed = change_account(conn, before, body, now)
            fields = {name: getattr(body, name) for name in ("role", "tier", "capacity", "disabled")}
            told = {name: value for name, value in fields.items() if value is not UNSET}
            self._audit.note(conn, caller.actor, Act("account_changed", f"agent:{agent}", fields=told))
            return changed

        return _shown(await self._database.write(unit))


def read_accounts(conn: Connection) -> list[AgentAccount]:
    """Every account, by name."""
    return [_shown(agent) for agent in every_agent(conn)]


def change_account(conn: Connection, before: Agent, wanted: ChangeAccount, now: int) -> Agent:
    """Store what is wanted of an account; what it may do is asked anew where that has changed."""
    columns: dict[str, Any] = {
        name: getattr(wanted, name) for name in ("role", "tier", "capacity") if getattr(wanted, name) is not UNSET
    }
    if wanted.name is not UNSET:
        columns["name"] = sealed(conn, "name", before.id, shown_name(wanted.name))
    if wanted.skills is not UNSET:
        columns["skills"] = msgspec.json.encode(wanted.skills).decode()
    if wanted.disabled is not UNSET and wanted.disabled != before.disabled:
        columns["disabled_at"] = now if wanted.disabled else None
    if columns:
        conn.execute(update(agents).where(agents.c.id == before.id).values(**columns))
    if "disabled_at" in columns or columns.get("role", str(before.role)) != str(before.role):
        end_sign_ins(conn, before.id, now)
    after = read_agent(conn, before.id)
    assert after is not None
    return after


def _shown(agent: Agent) -> AgentAccount:
    return AgentAccount(
        id=agent.id,
        email=agent.email,
        name=agent.name,
        role=str(agent.role),  # type: ignore[arg-type]
        tier=agent.tier,
        capacity=agent.capacity,
        skills=list(agent.skills),
        disabled=agent.disabled,
    )
