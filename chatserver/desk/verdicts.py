"""What SQL says to pairs: compare and set, so that whatever proposed them can be wrong without harm."""

from msgspec import Struct
from sqlalchemy import Connection

from chatserver.conversation import store as log_store
from chatserver.conversation.log import SYSTEM, Appended, Written, append
from chatserver.conversation.states import Head
from chatserver.conversation.users import remember_last_agent
from chatserver.desk import rules, store
from chatserver.desk.decisions import store_decision
from chatserver.desk.queue import Pair
from chatserver.desk.roster import AgentProfile, Roster
from chatserver.desk.waiting import waiting_before


class Verdict(Struct, frozen=True):
    """What became of a pair.

    `outcome` is `paired`, `stale` (the user does not wait), `refused` (the agent cannot) or
    `overtaken`: somebody who waited longer than the user, and whom the pair had missed, got the
    agent. `left` is the conversation that goes on waiting, `served` the one that was given away.
    """

    pair: Pair
    outcome: str
    left: Head | None = None
    served: Appended | None = None


def decide_pairs(
    conn: Connection, roster: Roster, pairs: list[Pair], terms: rules.Terms, now: int
) -> Written[list[Verdict]]:
    """Each pair stands only if the user waits, nobody came before, and the agent has a slot."""
    heads = log_store.read_heads(conn, [pair.conversation for pair in pairs], lock=True)
    presences = store.lock_presences(conn, sorted({pair.agent for pair in pairs}))
    verdicts: list[Verdict] = []
    for pair in pairs:
        head, presence = heads.get(pair.conversation), presences.get(pair.agent)
        profile = roster.profile(conn, pair.agent)
        if head is None or head.status != "waiting":
            verdicts.append(Verdict(pair, "stale"))
        elif profile is None or not _has_slot(conn, head, presence, profile):
            verdicts.append(Verdict(pair, "refused", head))
        else:
            verdicts.append(_serve_first(conn, head, pair, profile, terms, now))
            served = verdicts[-1].served
            assert served is not None
            heads[served.head.id] = served.head
    return Written(verdicts, tuple(verdict.served for verdict in verdicts if verdict.served is not None))


def _has_slot(conn: Connection, head: Head, presence: store.Presence | None, profile: AgentProfile) -> bool:
    if presence is None or not presence.routable or profile.tier != head.tier:
        return False
    if head.skill and head.skill not in profile.skills:
        return False
    return log_store.count_live(conn, profile.id) < store.limit_of(presence, profile.capacity)


def _serve_first(
    conn: Connection, head: Head, pair: Pair, profile: AgentProfile, terms: rules.Terms, now: int
) -> Verdict:
    """Give the agent to the user, or to whoever has waited longer in the same lane."""
    first = waiting_before(conn, head)
    if first is None:
        return Verdict(pair, "paired", served=_give(conn, head, profile, pair.why, terms, now))
    return Verdict(pair, "overtaken", head, _give(conn, first, profile, "came_first", terms, now))


def _give(conn: Connection, head: Head, profile: AgentProfile, why: str, terms: rules.Terms, now: int) -> Appended:
    change = rules.assign(head, profile.info, terms, now)
    appended = append(conn, head, change, SYSTEM, now)
    action = "assigned" if terms.direct else "offered"
    store_decision(conn, appended.head, now, action, why, agent_id=profile.id)
    bind(conn, appended.head, profile.id, now, assigned=terms.direct)
    return appended


def bind(conn: Connection, head: Head, agent: str, now: int, *, assigned: bool) -> None:
    """What an assignment or offer leaves behind: the agent may see it; the user knows the agent."""
    log_store.remember_party(conn, head, agent, assigned=assigned, now=now)
    if assigned:
        remember_last_agent(conn, head.user_id, agent)
        store.save_presence(conn, agent, idle_since=now)
