"""Call-backs at work: ask, cancel, claim, release, finish."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Final

from msgspec import UNSET, Meta
from sqlalchemy import Connection, Row

from chatserver.conversation.events import Body, CallbackClaimed, CallbackFinished
from chatserver.conversation.log import Written
from chatserver.conversation.messages import Nothing
from chatserver.conversation.states import NO_CHANGE, Change, Head
from chatserver.core.commands import command
from chatserver.core.errors import conflict, forbidden, not_found
from chatserver.core.ids import new_id
from chatserver.core.ports import Hub, Shield
from chatserver.core.routes import Query, Request, route
from chatserver.core.session import AGENTS, ALL_AGENTS, USER_ONLY, Role, Session
from chatserver.desk.acting import Step, act
from chatserver.desk.callbacks import rules, store
from chatserver.desk.callbacks.messages import (
    Callback,
    CallbackEvent,
    CallbackList,
    CallbackResult,
    CallbackStatus,
    CancelCallback,
    ClaimCallback,
    FinishCallback,
    ReleaseCallback,
    RequestCallback,
)
from chatserver.desk.callbacks.telling import tell_log
from chatserver.desk.ground import Ground

STALE_MS: Final = 2 * 3_600_000
"""A call that was claimed and not made for so long is anybody's again."""


class CallbackQuery(Query, frozen=True):
    """Which calls."""

    status: Annotated[CallbackStatus, Meta(description="Where they stand.")] = "open"


class Callbacks:
    """The commands of call-backs, and their list."""

    def __init__(self, ground: Ground, hub: Hub, shield: Shield) -> None:
        self._ground = ground
        self._hub = hub
        self._shield = shield

    @command(RequestCallback, result=CallbackResult, roles=USER_ONLY)
    async def request_callback(self, session: Session, body: RequestCallback) -> CallbackResult:
        """Ask to be called."""
        hint = rules.hint_of(body.phone)
        note = self._shield.clean(body.note or "").text

        def decide(conn: Connection, head: Head, now: int) -> Change:
            rules.check_window(body.begin, body.end, now)
            before = store.read_open(conn, head.number)
            id_ = before.id if before is not None else new_id("cb")
            change = rules.request(head, id_, body.begin, body.end, hint)
            wanted = store.Wanted(id_, head.number, head.user_id, body.phone, hint, note, body.begin, body.end)
            store.save_wanted(conn, wanted, now, fresh=before is None)
            return change

        head = await act(self._ground.log, session, body.conversation, decide, Step("left", "callback"))
        found = await self._ground.log.database.read(partial(_open_of, number=head.number))
        self._tell(found)
        return CallbackResult(found)

    @command(CancelCallback, result=Nothing, roles=USER_ONLY)
    async def cancel_callback(self, session: Session, body: CancelCallback) -> Nothing:
        """Do not be called after all."""

        def decide(conn: Connection, head: Head, _: int) -> Change:
            row = store.read_open(conn, head.number)
            if row is None:
                return NO_CHANGE
            store.save_status(conn, row.id, "cancelled")
            told.append(CallbackEvent(row.id, "cancelled"))
            return Change((CallbackFinished(callback=row.id, outcome="cancelled", again=False),))

        told: list[CallbackEvent] = []
        await act(self._ground.log, session, body.conversation, decide, Step())
        for event in told[-1:]:
            self._hub.pass_on([ALL_AGENTS], "callback", event)
        return Nothing()

    @command(ClaimCallback, result=CallbackResult, roles=AGENTS)
    async def claim_callback(self, session: Session, body: ClaimCallback) -> CallbackResult:
        """Be the one who calls."""

        def decide(conn: Connection, row: Row[Any], now: int) -> Body | None:
            if row.status not in ("open", "claimed") or row.agent_id not in (None, session.subject):
                raise conflict("Somebody else makes this call, or it is over.")
            if row.status == "claimed":
                return None
            profile = self._ground.roster.profile(conn, session.subject)
            if profile is None:
                raise forbidden("This account does not serve conversations.")
            agent = {
                "agent_id": profile.id,
                "agent_name": store.sealed_name(conn, row.id, profile.name),
                "agent_tier": profile.tier,
            }
            store.save_status(conn, row.id, "claimed", **agent, claimed_at=now)
            return CallbackClaimed(callback=row.id, agent=profile.info)

        return await self._work(session, body.callback, decide)

    @command(ReleaseCallback, result=CallbackResult, roles=AGENTS)
    async def release_callback(self, session: Session, body: ReleaseCallback) -> CallbackResult:
        """Leave the call to somebody else."""

        def decide(conn: Connection, row: Row[Any], _: int) -> Body | None:
            if row.status == "claimed" and row.agent_id == session.subject:
                store.save_status(conn, row.id, "open", **store.NOBODY)
            return None

        return await self._work(session, body.callback, decide)

    @command(FinishCallback, result=CallbackResult, roles=AGENTS)
    async def finish_callback(self, session: Session, body: FinishCallback) -> CallbackResult:
        """Say what came of the call."""
        again = body.again_from is not UNSET or body.again_until is not UNSET
        note = self._shield.clean(body.note or "").text

        def decide(conn: Connection, row: Row[Any], now: int) -> Body | None:
            if row.status == "done" and row.agent_id == session.subject:
                return None  # the ack may have been lost
            if row.status != "claimed" or row.agent_id != session.subject:
                raise conflict("Claim the call before you finish it.")
            fields: dict[str, Any] = {"outcome": body.outcome, "attempts": row.attempts + 1}
            if again:
                rules.check_window(body.again_from, body.again_until, now)
                fields |= {**store.NOBODY, "from_at": body.again_from, "until_at": body.again_until}
            store.save_status(conn, row.id, "open" if again else "done", **fields)
            if note:
                store.save_note(conn, row, note)
            return CallbackFinished(callback=row.id, outcome=body.outcome, again=again)

        return await self._work(session, body.callback, decide)

    @route("GET", "/api/v1/callbacks", result=CallbackList, roles=AGENTS | {Role.AUDITOR}, query=CallbackQuery)
    async def callbacks(self, request: Request) -> CallbackList:
        """The calls that users wait for, in the order in which they are due; without their numbers."""
        asked: CallbackQuery = request.query
        return CallbackList(await self._ground.log.database.read(lambda conn: store.read_callbacks(conn, asked.status)))

    async def _work(
        self, session: Session, id_: str, decide: Callable[[Connection, Row[Any], int], Body | None]
    ) -> CallbackResult:
        """Do something with a call; the conversation is told, and whoever has claimed it may see it."""
        now = self._ground.log.clock.now()

        def unit(conn: Connection) -> Written[Callback]:
            row = store.read_callback(conn, id_)
            if row is None:
                raise not_found("call-back")
            told = decide(conn, row, now)
            again = store.read_callback(conn, id_)
            assert again is not None
            shown = store.shown(conn, again, phone=again.agent_id == session.subject)
            return Written(shown, tell_log(conn, session, again, told, now))

        found = await self._ground.log.write(unit)
        self._tell(found)
        return CallbackResult(found)

    def _tell(self, found: Callback) -> None:
        self._hub.pass_on([ALL_AGENTS], "callback", CallbackEvent(found.id, found.status))

    async def sweep(self) -> None:
        """Calls that were claimed and never made are anybody's again."""
        before = self._ground.log.clock.now() - STALE_MS
        await self._ground.log.database.write(lambda conn: store.release_stale(conn, before))


def _open_of(conn: Connection, number: int) -> Callback:
    row = store.read_open(conn, number)
    assert row is not None
    return store.shown(conn, row, phone=False)
