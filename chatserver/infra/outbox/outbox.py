"""The outbox at work: takes parcels under a lease and hands them to the carrier of their kind."""

import asyncio
import hashlib
import hmac
import random
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import structlog
from sqlalchemy import Connection

from chatserver.core.background import attempt, end_all
from chatserver.core.errors import ChatError
from chatserver.core.outbox import Carrier, Draft, NotNow, Undeliverable
from chatserver.core.ports import Clock, Database
from chatserver.infra.outbox import rules, store
from chatserver.infra.outbox.rules import CARRY_S, Outcome
from chatserver.infra.outbox.store import Leased, OutboxFigures

EVERY_S: Final = 2.0
"""The slow tick that finds what other processes have put and what is due again; a kick comes first."""

AT_ONCE: Final = 4
"""Parcels that one process carries at a time: a slow receiver holds up few others."""

LOOK_EVERY_S: Final = 10.0
CLEAN_EVERY_S: Final = 600.0

KEEPING_S: Final = 3.0
"""At the end the storage has this long to take what came of the last attempts."""

log = structlog.get_logger(__name__)


class OpenOutbox:
    """`core.outbox.Outbox` on a database; any process may carry what any other has put.

    A parcel whose kind has no carrier here waits for a process that has one.
    """

    def __init__(self, database: Database, clock: Clock, secret: bytes) -> None:
        self._database = database
        self._clock = clock
        self._secret = secret
        self._carriers: dict[str, Carrier] = {}
        self._kicked = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._keeping: set[asyncio.Task[None]] = set()
        self._looked_at = self._cleaned_at = float("-inf")
        self.ended: Counter[tuple[str, str]] = Counter()
        """Attempts of this process by kind and outcome."""
        self.last = OutboxFigures({}, {}, {})
        """The last figures that were read."""

    def carry(self, carriers: Mapping[str, Carrier]) -> None:
        """Let parcels of these kinds be carried by this process."""
        self._carriers |= carriers

    # What rooms call, in their transaction

    def put(self, conn: Connection, parcel: Draft) -> str:
        """Add a parcel in the caller's transaction and return its id."""
        return store.put(conn, parcel, self._digest(parcel.target), self._clock.now())

    def sent_since(self, conn: Connection, kind: str, since: int, *, owner: str = "", target: str = "") -> int:
        """How many parcels of a kind were put since an instant, by an owner or for a target."""
        return store.count_since(conn, kind, since, owner, self._digest(target) if target else None)

    def _digest(self, target: str) -> bytes:
        return hmac.digest(self._secret, target.encode(), hashlib.sha256)[:16]

    def kick(self) -> None:
        """Carry what was put now."""
        self._kicked.set()

    # What goes on behind them

    async def run(self) -> None:
        """Carry until cancelled; what is under way then is given up and carried again by another process."""
        try:
            while True:
                self._kicked.clear()
                await attempt("outbox", self._take_all)
                await attempt("outbox figures", self._look_and_clean)
                with suppress(TimeoutError):
                    async with asyncio.timeout(EVERY_S):
                        await self._kicked.wait()
        finally:
            await end_all(tuple(self._under_way))
            await self._see_kept()

    async def _see_kept(self) -> None:
        """Wait for what came of the last attempts to be stored: what is not would be carried a second time."""
        ends_at = asyncio.get_running_loop().time() + KEEPING_S
        while self._keeping and (left_s := ends_at - asyncio.get_running_loop().time()) > 0:
            with suppress(asyncio.CancelledError):  # whoever says it again waits for the same
                await asyncio.wait(self._keeping, timeout=left_s)

    async def _take_all(self) -> None:
        while taken := await self._take(AT_ONCE - len(self._under_way)):
            for leased in taken:
                task = asyncio.create_task(self._carry(leased))
                self._under_way.add(task)
                task.add_done_callback(self._landed)

    async def _take(self, most: int) -> list[Leased]:
        kinds, now = tuple(self._carriers), self._clock.now()
        if not kinds or most <= 0:
            return []
        if not await self._database.read(lambda conn: store.is_due(conn, kinds, now)):
            return []
        return await self._database.write(lambda conn: store.take(conn, kinds, now, most))

    def _landed(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        self.kick()  # there may be more
        if not task.cancelled() and task.exception() is not None:
            log.warning("outbox_not_settled", error=type(task.exception()).__name__)  # the lease ends, then again

    async def _carry(self, leased: Leased) -> None:
        try:
            outcome, reason = await self._try(leased)
        except asyncio.CancelledError:
            self._keep(leased, "not_now", "this process stopped")
            raise
        await asyncio.shield(self._keep(leased, outcome, reason))

    def _keep(self, leased: Leased, outcome: Outcome, reason: str) -> "asyncio.Task[None]":
        task = asyncio.create_task(self._settle(leased, outcome, reason))
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)
        return task

    async def _settle(self, leased: Leased, outcome: Outcome, reason: str) -> None:
        parcel, now = leased.parcel, self._clock.now()
        after = rules.after(outcome, reason, leased.taken, now, random.random())  # noqa: S311  (spreads, hides nothing)
        await self._database.write(lambda conn: store.settle(conn, leased, after, now))
        told: dict[str, Any] = {"kind": parcel.kind, "parcel": parcel.id, "attempts": parcel.attempts}
        if after.state == "quarantined":
            log.error("outbox_quarantined", reason=after.reason, **told)
        elif after.state == "waiting":
            log.warning("outbox_delayed", reason=reason, **told)
        else:
            log.info("outbox_delivered", **told)
        self.ended[parcel.kind, outcome] += 1

    async def _try(self, leased: Leased) -> tuple[Outcome, str]:
        """One attempt; what came of it, and why it failed in a word that tells nothing of what is in it."""
        try:
            async with asyncio.timeout(CARRY_S):
                await self._carriers[leased.parcel.kind](leased.parcel)
        except Undeliverable as refusal:
            return "undeliverable", refusal.reason
        except NotNow as delay:
            return "not_now", delay.reason
        except ChatError as refusal:
            return "not_now", refusal.code
        except (OSError, TimeoutError) as error:
            return "not_now", type(error).__name__
        except Exception as error:
            return "defect", type(error).__name__
        return "delivered", ""

    async def _look_and_clean(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = now_s
            self.last = await self._database.read(store.read_figures)
        if now_s - self._cleaned_at >= CLEAN_EVERY_S:
            self._cleaned_at = now_s
            now = self._clock.now()
            await self._database.write(lambda conn: store.clean_up(conn, now))
