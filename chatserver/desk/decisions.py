"""Routing decisions: stored with their reason, so that anybody can see why a chat went there."""

from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import Connection, Row, and_, bindparam, func, insert, select

from chatserver.conversation.states import Head
from chatserver.core.prepared import Prepared
from chatserver.core.sealing import open_text, seal_text
from chatserver.desk.tables import routing_decisions


class Decision(Struct, frozen=True, kw_only=True):
    """One step of a conversation's way.

    `action`: `queued`, `assigned`, `offered`, `returned`, `missed`, `declined`, `no_reply`,
    `gone`, `handed_off`, `taken_back`, `transferred`, `reopened`, `left`. `waited_ms` since it was
    first queued; `estimate_s` is the wait that the user was told.
    """

    at: int
    action: str
    tier: int
    skill: str
    reason: str
    agent: str | UnsetType = UNSET
    position: int | UnsetType = UNSET
    waited_ms: int | UnsetType = UNSET
    estimate_s: tuple[int, int] | UnsetType = UNSET


_COLUMNS: Final = tuple(column.key for column in routing_decisions.c if column.key != "number")
_STORE: Final = Prepared(insert(routing_decisions).values({name: bindparam(name) for name in _COLUMNS}))


def store_decision(conn: Connection, head: Head, now: int, action: str, reason: str, **more: Any) -> None:
    """Keep a step; `head` is the conversation after it. `more` are further columns."""
    waited = now - head.queued_at if head.queued_at is not None else None
    row = {"conversation": head.number, "at": now, "tier": head.tier, "skill": head.skill}
    # Some of the reasons are what agents wrote.
    sealed = seal_text(conn, head.user_id, _bound(head.number, now, action), reason)
    row |= {"action": action, "reason": sealed, "waited_ms": waited}
    _STORE.run(conn, dict.fromkeys(_COLUMNS) | row | more)


def read_decisions(conn: Connection, number: int) -> list[Decision]:
    """The way of one conversation, in order."""
    query = select(routing_decisions).where(routing_decisions.c.conversation == number)
    return [_decision_of_row(conn, row) for row in conn.execute(query.order_by("number")).all()]


def count_hand_ons(conn: Connection, number: int) -> int:
    """How often agents have handed on a conversation since a supervisor gave it to somebody, or since its beginning."""
    table = routing_decisions.c
    given = select(func.coalesce(func.max(table.number), 0)).where(
        table.conversation == number, table.action == "reassigned"
    )
    query = select(func.count()).where(
        table.conversation == number,
        table.action.in_(("handed_off", "transferred")),
        table.number > given.scalar_subquery(),
    )
    return int(conn.execute(query).scalar_one())


def _bound(number: int, at: int, action: str) -> str:
    return f"routing_decisions|{number}|{at}|{action}"


def _decision_of_row(conn: Connection, row: Row[Any]) -> Decision:
    told = row.estimate_low_s is not None
    return Decision(
        at=row.at,
        action=row.action,
        tier=row.tier,
        skill=row.skill,
        reason=open_text(conn, _bound(row.conversation, row.at, row.action), row.reason),
        agent=row.agent_id or UNSET,
        position=UNSET if row.position is None else row.position,
        waited_ms=UNSET if row.waited_ms is None else row.waited_ms,
        estimate_s=(row.estimate_low_s, row.estimate_high_s) if told else UNSET,
    )


class EstimateRecord(Struct, frozen=True):
    """How good the expected waits were: `told` of them came true within `within` their range.

    `early` waits were shorter than the range, `late` ones longer; `mean_error_s` is the mean
    distance of the actual wait to the middle of the range.
    """

    told: int
    within: int
    early: int
    late: int
    mean_error_s: float


def read_estimates(conn: Connection, since: int) -> EstimateRecord:
    """Expected waits told since an instant, judged against what happened."""
    told, met = routing_decisions.alias("told"), routing_decisions.alias("met")
    first_met = (
        select(func.min(met.c.at))
        .where(
            met.c.conversation == told.c.conversation,
            met.c.action == "assigned",
            met.c.number > told.c.number,
        )
        .scalar_subquery()
    )
    query = select(told.c.estimate_low_s, told.c.estimate_high_s, told.c.at, first_met).where(
        and_(told.c.at >= since, told.c.estimate_low_s.is_not(None))
    )
    waits = [(low, high, (at - start) / 1_000) for low, high, start, at in conn.execute(query) if at]
    return judge_estimates(waits)


def judge_estimates(waits: list[tuple[int, int, float]]) -> EstimateRecord:
    """Count `(low, high, actual)` waits in seconds."""
    early = sum(actual < low for low, _, actual in waits)
    late = sum(actual > high for _, high, actual in waits)
    errors = [abs(actual - (low + high) / 2) for low, high, actual in waits]
    mean = round(sum(errors) / len(errors), 1) if errors else 0.0
    return EstimateRecord(len(waits), len(waits) - early - late, early, late, mean)
