"""Adding accounts, one from the command line or a whole file, all or none."""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy import Connection

from chatserver.core.audit import Act, Actor
from chatserver.core.ports import Audit, Clock, Database
from chatserver.core.session import Role, identity_of
from chatserver.core.text import Label, shown_name
from chatserver.trust.agents import Account, Agent, add_account, normal_email
from chatserver.trust.passwords import Passwords

_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f-\x9f\ud800-\udfff]+@[^\s@\x00-\x1f\x7f-\x9f\ud800-\udfff]+\Z")


class Newcomer(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A line of the file that `agent import` reads; also what `agent add` is told.

    `capacity` is conversations at a time, else the configured one; `password` is the bare one.
    """

    email: Annotated[str, Meta(min_length=3, max_length=254)]
    name: Annotated[str, Meta(min_length=1, max_length=400)]
    tier: Literal[1, 2]
    role: Literal["agent", "supervisor", "admin", "auditor"] = "agent"
    capacity: Annotated[int, Meta(ge=1, le=1_000)] | UnsetType = UNSET
    skills: Annotated[list[Label], Meta(max_length=50)] = []
    password: Annotated[str, Meta(min_length=1, max_length=1_024)]


class EnrolmentRefused(Exception):
    """What is to be added cannot be; the message says which line and why. Nothing was changed."""


def parse_newcomers(lines: Iterable[str | bytes]) -> list[Newcomer]:
    """The newcomers in JSON lines; empty lines are passed over. Raises `EnrolmentRefused`."""
    decoder = msgspec.json.Decoder(Newcomer)
    found: list[Newcomer] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            newcomer = decoder.decode(line)
            check_newcomer(newcomer)
        except (msgspec.DecodeError, UnicodeError, EnrolmentRefused) as error:
            raise EnrolmentRefused(f"Line {number}: {error}") from None
        email = normal_email(newcomer.email)
        if email in seen:
            raise EnrolmentRefused(f"Line {number}: the e-mail {email} is in line {seen[email]} already.")
        seen[email] = number
        found.append(newcomer)
    return found


def newcomer_of(given: dict[str, object]) -> Newcomer:
    """A newcomer from values by field name; raises `EnrolmentRefused`."""
    try:
        newcomer = msgspec.convert(given, Newcomer)
    except msgspec.ValidationError as error:
        raise EnrolmentRefused(str(error)) from None
    check_newcomer(newcomer)
    return newcomer


def check_newcomer(newcomer: Newcomer) -> None:
    """Refuse, with `EnrolmentRefused`, what the types let through."""
    if not _EMAIL.match(normal_email(newcomer.email)):
        raise EnrolmentRefused("email is not an e-mail address.")
    if not shown_name(newcomer.name):
        raise EnrolmentRefused("name is blank.")
    if not newcomer.password.strip():
        raise EnrolmentRefused("password is blank.")


class Enrolment:
    """Adds accounts. `default_capacity` is for those who come without one."""

    def __init__(
        self, database: Database, clock: Clock, passwords: Passwords, audit: Audit, default_capacity: int
    ) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._audit = audit
        self._default_capacity = default_capacity

    async def enrol(self, newcomers: Sequence[Newcomer], actor: Actor) -> list[Agent]:
        """Add all of them in one transaction, in their order; raises `EmailTaken`, then none is added."""
        accounts = [await self._account(newcomer) for newcomer in newcomers]
        now = self._clock.now()

        def unit(conn: Connection) -> list[Agent]:
            added = [add_account(conn, one, now) for one in accounts]
            for one in added:
                fields = {"role": str(one.role), "tier": one.tier}
                self._audit.note(conn, actor, Act("agent_added", identity_of(one.role, one.id), fields=fields))
            return added

        return await self._database.write(unit)

    async def _account(self, newcomer: Newcomer) -> Account:
        capacity = newcomer.capacity
        return Account(
            email=newcomer.email,
            name=shown_name(newcomer.name),
            role=Role(newcomer.role),
            tier=newcomer.tier,
            capacity=self._default_capacity if capacity is UNSET else capacity,
            skills=tuple(dict.fromkeys(newcomer.skills)),
            password=await self._passwords.hash(newcomer.password),
        )
