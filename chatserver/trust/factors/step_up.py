"""A fresh proof before a dangerous act: bound to one action of one sign-in, good for five minutes."""

from typing import Final

from sqlalchemy import Connection

from chatserver.core.errors import ChatError
from chatserver.core.ports import Clock, Database
from chatserver.core.session import Session
from chatserver.trust.factors import store

FRESH_MS: Final = 300_000
"""NIST and common sense: a proof of five minutes ago says little about who sits there now."""


class StepUpNeeded(ChatError):
    """The action wants a fresh proof; `field` is `step_up.ACTION`, so that a page knows what to ask for."""

    def __init__(self, action: str) -> None:
        text = "Prove that it is you: send a code, passkey or password to /api/v1/step-up, then do this again."
        super().__init__("forbidden", text, field=f"step_up.{action}")


class StepUps:
    """Knows which sign-ins were proved again a moment ago."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def check(self, session: Session, action: str) -> None:
        """Raise `StepUpNeeded` unless this sign-in was proved for the action within five minutes.

        Tokens that an operator made by command belong to no sign-in and pass: who makes them holds every key anyway.
        """
        family, now = session.family, self._clock.now()
        if family is None:
            return
        if not await self._database.read(lambda conn: store.is_stepped_up(conn, family, action, now)):
            raise StepUpNeeded(action)


def allow(conn: Connection, family: str, action: str, now: int) -> int:
    """Let a sign-in do one action; returns for how many seconds."""
    store.step_up(conn, family, action, now + FRESH_MS, now)
    return FRESH_MS // 1_000
