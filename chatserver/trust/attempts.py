"""Attempts to sign in: bounded, and each of them in the audit log."""

import asyncio
from collections import OrderedDict
from typing import Final

from sqlalchemy import Connection

from chatserver.core.audit import Act, Actor
from chatserver.core.errors import ChatError
from chatserver.core.ports import Audit
from chatserver.core.session import identity_of
from chatserver.trust.agents import Agent
from chatserver.trust.guessing import GuessLimit, network_of

TURNED_AWAY: Final = 10_000
"""Places that are being turned away and have been noted once; a flood adds no rows."""


class Attempts:
    """What `SignInApi` asks before it looks at a password, and tells afterwards."""

    def __init__(self, limit: GuessLimit, audit: Audit) -> None:
        self._limit = limit
        self._audit = audit
        self._turned_away: OrderedDict[tuple[str, str], None] = OrderedDict()

    def turn(self, email: str, address: str) -> asyncio.Lock:
        """To be held while a password is tried."""
        return self._limit.turn(email, address)

    def needs_code(self, email: str, address: str, *, given: bool) -> bool:
        """Whether a password alone is not enough from here, since so many guess at this e-mail.

        Raises `rate_limited` when no code is given with it.
        """
        wait_ms = self._limit.besieged_ms(email, address)
        if wait_ms and not given:
            text = "Too many wrong passwords for this account. Send the code of its second factor as well."
            raise ChatError("rate_limited", text, retry_after_ms=wait_ms)
        return wait_ms > 0

    def check(self, email: str, address: str) -> None:
        """Raise `rate_limited` while there have been too many failures; the first refusal of a row is noted."""
        place = email, network_of(address)
        try:
            self._limit.check(email, address)
        except ChatError as refusal:
            if place not in self._turned_away:
                self._audit.later(_nobody(address), Act("sign_in_failed", outcome=refusal.code))
            self._turned_away[place] = None
            if len(self._turned_away) > TURNED_AWAY:
                self._turned_away.popitem(last=False)
            raise
        self._turned_away.pop(place, None)

    def failed(self, email: str, address: str, account: Agent | None) -> None:
        """Count a wrong password; the account is named if there is one, the e-mail never: it may be a password."""
        self._limit.failed(email, address)
        named = "" if account is None else identity_of(account.role, account.id)
        self._audit.later(_nobody(address), Act("sign_in_failed", named, outcome="unauthenticated"))

    def succeeded(self, email: str, address: str) -> None:
        """Forget the failures of somebody who then knew the password."""
        self._limit.succeeded(email, address)

    def signed_in(self, conn: Connection, agent: Agent, address: str) -> None:
        """Note a sign-in, in the transaction that opens it."""
        self._note(conn, agent, address, "signed_in")

    def signed_out(self, conn: Connection, agent: Agent, address: str) -> None:
        """Note the end of a sign-in, in the transaction that ends it."""
        self._note(conn, agent, address, "signed_out")

    def _note(self, conn: Connection, agent: Agent, address: str, action: str) -> None:
        identity = identity_of(agent.role, agent.id)
        self._audit.note(conn, Actor(identity, str(agent.role), address=address), Act(action, identity))


def _nobody(address: str) -> Actor:
    return Actor("nobody", "", address=address)
