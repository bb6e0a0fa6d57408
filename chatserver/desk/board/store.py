"""The SQL of the board."""

from typing import Any, Final

from msgspec import UNSET
from sqlalchemy import Connection, select

from chatserver.conversation.head_rows import head_of_row
from chatserver.conversation.tables import LIVE, conversations, users
from chatserver.conversation.users import name_of_user
from chatserver.desk import store
from chatserver.desk.board.figures import read_today
from chatserver.desk.board.messages import Board, BoardAgent, BoardConversation, BoardLane, BoardWaiting, Person
from chatserver.desk.figures import read_lanes
from chatserver.desk.roster import Roster

SHOWN: Final = 200
"""Of those who wait: the first of them are what a supervisor acts upon."""


def read_board(conn: Connection, roster: Roster, since: int, now: int) -> Board:
    """The desk as it is now, with its figures since an instant."""
    lanes = read_lanes(conn, now)
    return Board(
        at=now,
        lanes=[BoardLane(tier, skill, lane.waiting, lane.oldest_at) for (tier, skill), lane in lanes.items()],
        waiting=_waiting(conn),
        agents=_agents(conn, roster),
        today=read_today(conn, since, now),
    )


_WITH_USERS: Final = select(conversations, users.c.name.label("user_name")).outerjoin(
    users, users.c.id == conversations.c.user_id
)


def _waiting(conn: Connection) -> list[BoardWaiting]:
    table = conversations.c
    query = _WITH_USERS.where(table.status == "waiting").order_by(table.queued_at).limit(SHOWN)
    found = []
    for row in conn.execute(query):
        head = head_of_row(conn, row)
        found.append(
            BoardWaiting(
                conversation=head.id,
                user=Person(head.user_id, name_of_user(conn, head.user_id, row.user_name or "")),
                topic=head.topic,
                tier=head.tier,
                skill=head.skill,
                priority=head.priority,
                queued_at=head.queued_at or head.started_at,
                parked=head.parked_at is not None,
            )
        )
    return found


def _agents(conn: Connection, roster: Roster) -> list[BoardAgent]:
    states = {one.agent_id: one for one in store.read_presences(conn)}
    served = _served(conn)
    found = []
    for profile in roster.profiles(conn):
        state, mine = states.get(profile.id), served.get(profile.id, [])
        more: dict[str, Any] = {}
        if state is not None:
            more = {"reason": state.reason or UNSET, "wrap_up_until": state.wrap_up_until or UNSET}
        found.append(
            BoardAgent(
                id=profile.id,
                name=profile.name,
                tier=profile.tier,
                skills=list(profile.skills),
                status=store.shown_status(state),
                active=len(mine),
                capacity=store.limit_of(state, profile.capacity),
                conversations=mine,
                **more,
            )
        )
    return found


def _served(conn: Connection) -> dict[str, list[BoardConversation]]:
    table = conversations.c
    served: dict[str, list[BoardConversation]] = {}
    for row in conn.execute(_WITH_USERS.where(LIVE).order_by(table.assigned_at)):
        head = head_of_row(conn, row)
        assert head.agent is not None
        wrote = {name: getattr(head, name) for name in ("user_wrote_at", "agent_wrote_at")}
        one = BoardConversation(
            id=head.id,
            user=Person(head.user_id, name_of_user(conn, head.user_id, row.user_name or "")),
            topic=head.topic,
            assigned_at=head.assigned_at or 0,
            **{name: at for name, at in wrote.items() if at is not None},
        )
        served.setdefault(head.agent.id, []).append(one)
    return served
