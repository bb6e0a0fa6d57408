"""The SQL of the desk: presence, links, processes, and what the sweep looks for."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from chatserver.conversation import store as log_store
from chatserver.conversation.states import Head
from chatserver.conversation.tables import IN_QUEUE, LIVE, conversations
from chatserver.core.prepared import Prepared
from chatserver.desk.messages import PresenceStatus
from chatserver.desk.tables import agent_links, presence, processes


class Presence(Struct, frozen=True):
    """The state of an agent; `link_lost_at` is set while no socket of theirs lives."""

    agent_id: str
    status: PresenceStatus
    capacity: int
    misses: int
    link_lost_at: int | None
    loss_told: bool
    idle_since: int
    reason: str | None = None
    wrap_up_until: int | None = None

    @property
    def routable(self) -> bool:
        """Whether new conversations may go to this agent."""
        return self.status == "available" and self.link_lost_at is None and self.wrap_up_until is None


def limit_of(presence: Presence | None, configured: int) -> int:
    """How many conversations an agent takes: the configured capacity, or fewer if the agent said so."""
    return configured if presence is None else min(presence.capacity, configured)


def shown_status(presence: Presence | None) -> PresenceStatus:
    """The status that others see: who has no link is not there."""
    if presence is None or presence.link_lost_at is not None:
        return "offline"
    return presence.status


def _presence_of_row(row: Any) -> Presence:
    fields = {field: getattr(row, field) for field in Presence.__struct_fields__}
    return Presence(**fields | {"loss_told": bool(row.loss_told)})


# The state of one agent, locked: capacity is counted under this lock.
_ONE: Final = select(presence).where(presence.c.agent_id == bindparam("agent"))
_PRESENCE: Final = Prepared(_ONE)
_LOCKED_PRESENCE: Final = Prepared(_ONE.with_for_update())


def read_presence(conn: Connection, agent: str, *, lock: bool = False) -> Presence | None:
    """The state of an agent, None if they have never connected."""
    row = (_LOCKED_PRESENCE if lock else _PRESENCE).first(conn, {"agent": agent})
    return _presence_of_row(row) if row is not None else None


def read_presences(conn: Connection) -> list[Presence]:
    """The state of every agent who has ever connected."""
    return [_presence_of_row(row) for row in conn.execute(select(presence))]


def lock_presences(conn: Connection, agents: list[str]) -> dict[str, Presence]:
    """The states of many agents, locked in one order so that no two processes wait in a ring."""
    query = select(presence).where(presence.c.agent_id.in_(agents))
    rows = conn.execute(query.order_by(presence.c.agent_id).with_for_update())
    return {row.agent_id: _presence_of_row(row) for row in rows}


def save_presence(conn: Connection, agent: str, **fields: Any) -> None:
    """Change the state of an agent who has one."""
    conn.execute(update(presence).where(presence.c.agent_id == agent).values(**fields))


def insert_presence(conn: Connection, agent: str, capacity: int, now: int) -> None:
    """The state of an agent who connects for the first time: offline. Whoever is second finds it made."""
    fresh = Presence(agent, "offline", capacity, 0, None, False, now)
    row = {field: getattr(fresh, field) for field in Presence.__struct_fields__}
    upsert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    conn.execute(upsert(presence).values(**row).on_conflict_do_nothing())


def insert_link(conn: Connection, session: str, agent: str, process: str) -> None:
    """A socket of an agent came."""
    conn.execute(insert(agent_links).values(session=session, agent_id=agent, process=process))


def delete_link(conn: Connection, session: str) -> None:
    """A socket of an agent went."""
    conn.execute(delete(agent_links).where(agent_links.c.session == session))


def is_linked(conn: Connection, agent: str) -> bool:
    """Whether any socket of an agent lives."""
    query = select(exists().where(agent_links.c.agent_id == agent))
    return bool(conn.execute(query).scalar())


def beat(conn: Connection, process: str, now: int) -> bool:
    """This process lives. False if nobody knew: it is new, or was taken for dead."""
    beaten = conn.execute(update(processes).where(processes.c.id == process).values(seen_at=now))
    if beaten.rowcount == 0:
        conn.execute(insert(processes).values(id=process, seen_at=now))
    return beaten.rowcount > 0


def bury(conn: Connection, process: str, now: int) -> list[str]:
    """A process is gone: its links are too. Returns the agents who have lost their last one."""
    query = select(agent_links.c.agent_id).where(agent_links.c.process == process).distinct()
    agents = [row.agent_id for row in conn.execute(query)]
    lock_presences(conn, agents)
    conn.execute(delete(agent_links).where(agent_links.c.process == process))
    conn.execute(delete(processes).where(processes.c.id == process))
    return [agent for agent in agents if lose_link(conn, agent, now)]


def lose_link(conn: Connection, agent: str, now: int) -> bool:
    """Whether an agent has no link any more, which counts from now on.

    Their presence has to be locked before links go: else two sockets that end at the same time on two processes each
    see the other's link, and the agent stays for ever.
    """
    if is_linked(conn, agent):
        return False
    save_presence(conn, agent, link_lost_at=now)
    return True


def ghosts(conn: Connection) -> list[str]:
    """Agents who count as there and have no link, which must not be; found whatever made them."""
    linked = exists().where(agent_links.c.agent_id == presence.c.agent_id)
    there = and_(presence.c.link_lost_at.is_(None), presence.c.status != "offline")
    return list(conn.execute(select(presence.c.agent_id).where(there, ~linked)).scalars())


def dead_processes(conn: Connection, seen_before: int) -> list[str]:
    """Processes whose lease ran out."""
    query = select(processes.c.id).where(processes.c.seen_at < seen_before)
    return [row.id for row in conn.execute(query)]


def lost_links(conn: Connection, lost_before: int) -> list[Presence]:
    """Agents without a link since before an instant who still count as at work or have conversations."""
    busy = exists().where(conversations.c.agent_id == presence.c.agent_id, LIVE)
    lost = and_(presence.c.link_lost_at <= lost_before, or_(presence.c.status != "offline", busy))
    return [_presence_of_row(row) for row in conn.execute(select(presence).where(lost))]


def served_heads(conn: Connection, agent: str) -> list[Head]:
    """The conversations that are offered to or served by an agent."""
    mine = and_(conversations.c.agent_id == agent, LIVE)
    return log_store.select_heads(conn, select(conversations).where(mine))


def keep_loss_told(conn: Connection, agent: str) -> bool:
    """Users are told that an agent's link is lost; False when it is back by now, or they were told."""
    untold = and_(presence.c.agent_id == agent, presence.c.link_lost_at.is_not(None), ~presence.c.loss_told)
    return conn.execute(update(presence).where(untold).values(loss_told=True)).rowcount > 0


def end_wrap_up(conn: Connection, agent: str, now: int) -> bool:
    """The time to wrap up is over; False when it is not, as another has begun meanwhile."""
    due = and_(presence.c.agent_id == agent, presence.c.wrap_up_until <= now)
    return conn.execute(update(presence).where(due).values(wrap_up_until=None)).rowcount > 0


def due_wrap_ups(conn: Connection, now: int) -> list[str]:
    """Agents whose time to wrap up is over."""
    return list(conn.execute(select(presence.c.agent_id).where(presence.c.wrap_up_until <= now)).scalars())


def due_offers(conn: Connection, now: int) -> list[Head]:
    """Offers that rang out."""
    due = and_(conversations.c.offer_until <= now, conversations.c.status == "offered")
    return log_store.select_heads(conn, select(conversations).where(due))


def due_replies(conn: Connection, now: int) -> list[Head]:
    """Assigned conversations whose agent has shown no sign of life in time."""
    due = and_(conversations.c.reply_due <= now, conversations.c.status == "active")
    return log_store.select_heads(conn, select(conversations).where(due))


def deserted(conn: Connection, left_before: int) -> list[Head]:
    """Conversations in the queue whose user has been away for too long."""
    gone = and_(
        conversations.c.user_left_at <= left_before,
        IN_QUEUE,
        conversations.c.parked_at.is_(None),  # who has left a message need not stay
    )
    return log_store.select_heads(conn, select(conversations).where(gone))


def count_live_by_agent(conn: Connection) -> dict[str, int]:
    """How many conversations are offered to or served by each agent who has any."""
    query = select(conversations.c.agent_id, func.count()).where(LIVE).group_by(conversations.c.agent_id)
    return {agent: count for agent, count in conn.execute(query)}  # noqa: C416  (rows, not pairs)


def mark_user(conn: Connection, user: str, left_at: int | None) -> None:
    """The user's last socket went (an instant), or one is there (None); known while a conversation is open."""
    mine = and_(conversations.c.user_id == user, conversations.c.status != "closed")
    conn.execute(update(conversations).where(mine).values(user_left_at=left_at))


def mark_users_left(conn: Connection, left_at: Mapping[str, int]) -> None:
    """The last sockets of many users went, each at an instant of their own."""
    mine = and_(conversations.c.user_id == bindparam("user"), conversations.c.status != "closed")
    in_order = sorted(left_at.items())  # so that two processes never wait in a ring
    gone = [{"user": user, "at": at} for user, at in in_order]
    conn.execute(update(conversations).where(mine).values(user_left_at=bindparam("at")), gone)


def mark_all_users_left(conn: Connection, now: int) -> None:
    """A process died: whoever waits and is not seen again soon has left."""
    unknown = and_(
        conversations.c.user_left_at.is_(None),
        IN_QUEUE,
    )
    conn.execute(update(conversations).where(unknown).values(user_left_at=now))


def left_among(conn: Connection, users: Sequence[str]) -> list[str]:
    """Those of these users who are taken for gone."""
    table = conversations.c
    gone = and_(table.user_id.in_(users), table.status != "closed", table.user_left_at.is_not(None))
    return [row.user_id for row in conn.execute(select(table.user_id).where(gone))]
