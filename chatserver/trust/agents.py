"""Accounts of those who serve: what is known of them, and the SQL that keeps it."""

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, Select, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from chatserver.core.ids import new_id
from chatserver.core.session import Role
from chatserver.trust.staff_data import email_key, opened, sealed
from chatserver.trust.tables import agents, refresh_families

LANGUAGES: Final = frozenset({"zh", "en"})
"""Languages in which the product serves users."""

_LANGUAGE_TAG = re.compile(r"(zh|en)(-[A-Za-z0-9]{2,8})*\Z", re.IGNORECASE)


class Agent(Struct, frozen=True, kw_only=True):
    """An account: an agent, supervisor, administrator or auditor.

    `capacity` is conversations at a time, `skills` may name languages (`zh`, `en`);
    tokens of an earlier `token_generation` are void; a `disabled` one cannot do anything.
    """

    id: str
    email: str
    name: str
    role: Role
    tier: int
    capacity: int
    skills: tuple[str, ...]
    token_generation: int
    disabled: bool

    @property
    def languages(self) -> frozenset[str]:
        """Those of `zh` and `en` that are among the skills."""
        tags = (_LANGUAGE_TAG.match(skill) for skill in self.skills)
        return frozenset(tag[1].lower() for tag in tags if tag is not None)


class Account(Struct, frozen=True, kw_only=True):
    """An account that is to be added; the password is hashed already."""

    email: str
    name: str
    role: Role
    tier: int
    capacity: int
    skills: tuple[str, ...]
    password: str


class EmailTaken(Exception):
    """There is an account with this e-mail already; nothing was changed."""

    def __init__(self, email: str) -> None:
        super().__init__(f"There is an account with the e-mail {email} already.")
        self.email = email


def normal_email(email: str) -> str:
    """The form in which an e-mail is stored and looked up."""
    return email.strip().lower()


def _agent_of(conn: Connection, row: Row[Any]) -> Agent:
    return Agent(
        id=row.id,
        email=row.email if row.email_sealed is None else opened(conn, "email", row.id, row.email_sealed),
        name=opened(conn, "name", row.id, row.name),
        role=Role(row.role),
        tier=row.tier,
        capacity=row.capacity,
        skills=tuple(msgspec.json.decode(row.skills, type=list[str])),
        token_generation=row.token_generation,
        disabled=row.disabled_at is not None,
    )


def add_account(conn: Connection, account: Account, now: int) -> Agent:
    """Store a new account; raises `EmailTaken`."""
    email = normal_email(account.email)
    if read_by_email(conn, email) is not None:
        raise EmailTaken(email)
    agent = Agent(
        id=new_id("a"),
        email=email,
        name=account.name,
        role=account.role,
        tier=account.tier,
        capacity=account.capacity,
        skills=account.skills,
        token_generation=1,
        disabled=False,
    )
    kept = {name: getattr(agent, name) for name in ("id", "tier", "capacity", "token_generation")}
    packed = {"role": str(agent.role), "skills": msgspec.json.encode(agent.skills).decode()}
    packed |= {"email": email_key(conn, email), "email_sealed": sealed(conn, "email", agent.id, email)}
    packed["name"] = sealed(conn, "name", agent.id, agent.name)
    try:
        conn.execute(insert(agents).values(**kept, **packed, password=account.password, created_at=now))
    except IntegrityError:  # another process was faster
        raise EmailTaken(email) from None
    return agent


def read_agent(conn: Connection, agent: str) -> Agent | None:
    """An account by id, disabled or not."""
    row = conn.execute(select(agents).where(agents.c.id == agent)).first()
    return _agent_of(conn, row) if row is not None else None


# Keeps an account from being changed until the transaction ends: what is counted of it is counted one after the other.
_LOCK: Final = select(agents.c.id).where(agents.c.id == bindparam("id")).with_for_update()


def lock_agent(conn: Connection, agent: str) -> None:
    """Let nobody else count or change what belongs to an account until the transaction ends."""
    conn.execute(_LOCK, {"id": agent})


def read_by_email(conn: Connection, email: str) -> Agent | None:
    """An account by e-mail in any case, disabled or not."""
    found = read_with_password(conn, email)
    return found[0] if found is not None else None


def read_with_password(conn: Connection, email: str) -> tuple[Agent, str | None] | None:
    """An account by e-mail with its password hash; kept apart so that the hash does not travel."""
    asked = normal_email(email)
    of_before = and_(agents.c.email == asked, agents.c.email_sealed.is_(None))
    row = conn.execute(select(agents).where(or_(agents.c.email == email_key(conn, asked), of_before))).first()
    return (_agent_of(conn, row), row.password) if row is not None else None


def enabled_agents(conn: Connection) -> list[Agent]:
    """Every account that is not disabled, by name."""
    return _by_name(conn, select(agents).where(agents.c.disabled_at.is_(None)))


def every_agent(conn: Connection) -> list[Agent]:
    """Every account, disabled ones too, by name."""
    return _by_name(conn, select(agents))


def _by_name(conn: Connection, query: Select[Any]) -> list[Agent]:
    found = [_agent_of(conn, row) for row in conn.execute(query).all()]
    return sorted(found, key=lambda one: (one.name, one.id))


def enabled_among(conn: Connection, ids: Iterable[str]) -> set[str]:
    """Those of the ids that belong to an account which is not disabled."""
    query = select(agents.c.id).where(agents.c.id.in_(list(ids)), agents.c.disabled_at.is_(None))
    return set(conn.execute(query).scalars())


def known_skills(conn: Connection) -> set[str]:
    """Every skill that somebody who can serve has."""
    serving = select(agents.c.skills).where(
        agents.c.disabled_at.is_(None), agents.c.role.in_([Role.AGENT, Role.SUPERVISOR])
    )
    return {skill for skills in conn.execute(serving).scalars() for skill in msgspec.json.decode(skills)}


def disable_agent(conn: Connection, email: str, now: int) -> Agent | None:
    """Void all tokens of an account and let nobody in by it; None when there is no such e-mail.

    Disabling twice keeps the first time.
    """
    return _switch(conn, email, disabled_at=func.coalesce(agents.c.disabled_at, now), now=now)


def enable_agent(conn: Connection, email: str, now: int) -> Agent | None:
    """Let somebody in again, by a new sign-in; None when there is no such e-mail."""
    return _switch(conn, email, disabled_at=None, now=now)


def _switch(conn: Connection, email: str, *, disabled_at: Any, now: int) -> Agent | None:
    agent = read_by_email(conn, email)
    if agent is None:
        return None
    conn.execute(update(agents).where(agents.c.id == agent.id).values(disabled_at=disabled_at))
    end_sign_ins(conn, agent.id, now)
    return read_agent(conn, agent.id)


def end_sign_ins(conn: Connection, agent: str, now: int) -> None:
    """Void every token of an account; its sockets are closed within seconds."""
    older = {"token_generation": agents.c.token_generation + 1}
    conn.execute(update(agents).where(agents.c.id == agent).values(**older))
    live = refresh_families.c.agent_id == agent, refresh_families.c.ended_at.is_(None)
    conn.execute(update(refresh_families).where(*live).values(ended_at=now))
