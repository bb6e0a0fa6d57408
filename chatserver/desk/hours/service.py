"""Tells when the desk is open and what one can do instead of waiting; takes messages for the next agent."""

from functools import partial
from typing import Annotated, Final

import structlog
from msgspec import UNSET, Meta
from msgspec.structs import replace
from redis.exceptions import RedisError
from sqlalchemy import Connection

from chatserver.conversation import rules as log_rules
from chatserver.conversation.guard import Guard, Held
from chatserver.conversation.posting import Posting
from chatserver.conversation.states import Change, Head
from chatserver.core.commands import command
from chatserver.core.errors import invalid
from chatserver.core.ports import Shield
from chatserver.core.routes import Query, Request, route
from chatserver.core.session import USER_ONLY, Session
from chatserver.desk.acting import Step, act
from chatserver.desk.catalogue.recent import Recent
from chatserver.desk.ground import Ground
from chatserver.desk.hours.messages import Availability, LeaveMessage
from chatserver.desk.hours.opening import Opening
from chatserver.desk.hours.rules import leave_message
from chatserver.desk.messages import StatusResult
from chatserver.desk.positions import Positions, agents_in_service
from chatserver.desk.roster import known_skill

FRESH_MS: Final = 2_000
"""However many ask, it is looked up this often for each tier and skill."""

log = structlog.get_logger(__name__)


class Which(Query, frozen=True):
    """For whom: a tier, and a skill if one is needed."""

    tier: Annotated[int, Meta(ge=1, le=2, description="Support tier.")] = 1
    skill: Annotated[str, Meta(max_length=64, description="Skill; empty for none.")] = ""


class HoursDesk:
    """The route of the hours, and the command `leave_message`."""

    def __init__(self, ground: Ground, recent: Recent, positions: Positions, shield: Shield) -> None:
        self._ground = ground
        self._recent = recent
        self._positions = positions
        self._guard = Guard(shield)
        self._posting = Posting(ground.log)
        self._seen: dict[tuple[int, str], tuple[int, Availability]] = {}

    @route("GET", "/api/v1/availability", result=Availability, roles=None, query=Which)
    async def availability(self, request: Request) -> Availability:
        """Whether the desk is open, how long one would wait, and what one can do instead."""
        asked: Which = request.query
        now = self._ground.log.clock.now()
        skill = await self._ground.log.database.read(partial(self._skill, skill=asked.skill, tier=asked.tier))
        seen_at, seen = self._seen.get((asked.tier, skill), (0, None))
        if seen is None or not 0 <= now - seen_at < FRESH_MS:
            seen = await self._look(asked.tier, skill, now)
            self._seen[asked.tier, skill] = now, seen
        return seen

    def _skill(self, conn: Connection, skill: str, tier: int) -> str:
        return known_skill(self._ground.roster.profiles(conn), skill, tier) if skill else ""

    async def _look(self, tier: int, skill: str, now: int) -> Availability:
        def query(conn: Connection) -> tuple[Opening, int]:
            at_work = agents_in_service(conn, self._ground.roster, tier, skill)
            return self._recent.opening(conn, tier, skill, now), at_work

        opening, agents = await self._ground.log.database.read(query)
        waiting, expected = await self._expected(tier, skill)
        return Availability(
            open=opening.open,
            agents=agents,
            waiting=waiting,
            estimate_s=expected,
            alternatives=["message", "callback"],
            opens_at=UNSET if opening.opens_at is None else opening.opens_at,
            closes_at=UNSET if opening.closes_at is None else opening.closes_at,
        )

    async def _expected(self, tier: int, skill: str) -> tuple[int, tuple[int, int] | None]:
        try:
            return await self._positions.expect(tier, skill)
        except (RedisError, OSError) as error:
            log.debug("wait_unknown", error=type(error).__name__)
            return 0, None

    @command(LeaveMessage, result=StatusResult, roles=USER_ONLY)
    async def leave_message(self, session: Session, body: LeaveMessage) -> StatusResult:
        """Leave a message for the next agent."""
        if body.text is UNSET:
            step = Step("queued", "message")
            head = await act(self._ground.log, session, body.conversation, lambda _, head, __: _left(head), step)
            return StatusResult(head.status)
        if body.key is UNSET:
            raise invalid("key", "A text comes with a key, so that it is kept once.")
        log_rules.check_text(body.text)
        text = self._guard.examine(session, body.text)

        def decide(conn: Connection, head: Head) -> tuple[Change, Held]:
            held = self._guard.hold(conn, head, session, text)
            change = leave_message(head, held.said)
            wrote = log_rules.wrote(head, session, self._ground.log.clock.now())
            return replace(change, fields=change.fields | wrote), held

        await self._posting.post(session, body.conversation, body.key, decide)
        head = await act(self._ground.log, session, body.conversation, lambda _, head, __: _left(head), Step())
        return StatusResult(head.status)


def _left(head: Head) -> Change:
    return leave_message(head, None)
