"""Users and agents do anything in any order, clocks run, Redis is lost: what is promised holds after every step."""

import asyncio
import itertools
import os
import tempfile
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final

import uvloop
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from chatserver.conversation.reducer import reduce
from chatserver.conversation.states import Head
from chatserver.conversation.store import read_open, select_heads
from chatserver.conversation.tables import conversations
from chatserver.core.errors import ChatError
from chatserver.core.session import Role, Session
from chatserver.desk.store import read_presences
from chatserver.infra.embedded_redis import EmbeddedRedis
from tests.desk_house import CLOCKS, TERMS, DeskHouse, desk_house

STATE_CODES: Final = frozenset({"closed", "not_assigned", "conflict", "capacity", "offer_expired", "not_found"})
"""All that a well-formed command may be refused with."""

USERS: Final = ("lin", "may", "zhou", "alex")
AGENTS: Final[dict[str, dict[str, Any]]] = {
    "amy": {"tier": 1, "capacity": 1, "skills": ("en",)},
    "bob": {"tier": 1, "capacity": 2, "skills": ("kyc",)},
    "chen": {"tier": 2, "capacity": 1, "skills": ()},
    "grace": {"tier": 2, "capacity": 2, "skills": ("kyc", "zh")},
}

users = st.sampled_from(USERS)
agents = st.sampled_from(tuple(AGENTS))


class DeskMachine(RuleBasedStateMachine):
    """A desk with four users and four agents of two tiers."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self.stack = AsyncExitStack()
        self.house: DeskHouse
        self.people: dict[str, Session] = {}
        self.linked: dict[str, Session] = {}
        self.keys = itertools.count()

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()

    @initialize(direct=st.booleans())
    def open(self, direct: bool) -> None:
        self.runner.run(self._open(direct))

    async def _open(self, direct: bool) -> None:
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        redis = await self.stack.enter_async_context(EmbeddedRedis(folder))
        terms = type(TERMS)(direct, TERMS.offer_ms, TERMS.first_reply_ms)
        url = f"sqlite:///{folder / 'chat.db'}"
        self.house = await self.stack.enter_async_context(desk_house(url, redis.url, terms=terms, clocks=CLOCKS))
        for name in USERS:
            self.people[name] = await self.house.user(name, locale=("zh-CN", "en")[len(name) % 2])
        for name, account in AGENTS.items():
            self.people[name] = self.linked[name] = await self.house.agent(name, **account)

    # What people do

    def do(self, who: str, command: str, **body: Any) -> Any:
        """Run a command; a refusal must be one of the documented ones."""
        try:
            return self.runner.run(self.house.run(self.people[who], command, **body))
        except ChatError as refusal:
            if refusal.code not in STATE_CODES:
                raise
            return None

    def heads(self) -> list[Head]:
        return self.runner.run(self._heads())

    async def _heads(self) -> list[Head]:
        query = select(conversations).order_by(conversations.c.number)
        return await self.house.database.read(lambda conn: select_heads(conn, query))

    def any_of(self, who: str, *, own: bool = True) -> str | None:
        """A conversation that somebody may know of: the newest that is theirs."""
        subject = self.people[who].subject
        mine = [
            head.id
            for head in self.heads()
            if subject in {head.user_id, head.last_agent, head.handed_off_by, head.agent.id if head.agent else ""}
        ]
        return mine[-1] if mine and own else None

    @rule(who=users, want=st.booleans(), skill=st.sampled_from(["", "kyc", "nobody"]))
    def start(self, who: str, want: bool, skill: str) -> None:
        more = {"skill": skill} if skill else {}
        self.house.clock.turn(seconds=0.001)
        self.do(who, "start_conversation", key=f"k{next(self.keys)}", want_agent=want, **more)

    @rule(who=st.sampled_from([*USERS, *AGENTS]))
    def write(self, who: str) -> None:
        if conversation := self.any_of(who):
            key = f"k{next(self.keys)}"
            first = self.do(who, "send_message", conversation=conversation, key=key, text="hello")
            again = self.do(who, "send_message", conversation=conversation, key=key, text="other")
            assert (first is None) == (again is None)
            assert first is None or (again.seq, again.duplicate) == (first.seq, True)

    @rule(who=users, command=st.sampled_from(["request_agent", "cancel_waiting"]))
    def change_mind(self, who: str, command: str) -> None:
        if conversation := self.any_of(who):
            self.do(who, command, conversation=conversation)

    @rule(who=st.sampled_from([*USERS, *AGENTS]))
    def close(self, who: str) -> None:
        if conversation := self.any_of(who):
            self.do(who, "close_conversation", conversation=conversation)

    @rule(who=users)
    def rate(self, who: str) -> None:
        if conversation := self.any_of(who):
            self.do(who, "rate_conversation", conversation=conversation, score=4)

    @rule(who=agents, command=st.sampled_from(["take_back", "reopen_conversation"]))
    def regain(self, who: str, command: str) -> None:
        if conversation := self.any_of(who):
            self.do(who, command, conversation=conversation)

    @rule(who=agents, to_tier=st.sampled_from([1, 2]))
    def hand_off(self, who: str, to_tier: int) -> None:
        for head in self.heads():
            if head.served_by(self.people[who].subject) and head.tier != to_tier:
                self.do(who, "hand_off", conversation=head.id, to_tier=to_tier, reason="logs", note="see above")

    @rule(who=agents, to=agents)
    def transfer(self, who: str, to: str) -> None:
        for head in self.heads():
            if head.served_by(self.people[who].subject) and who != to:
                self.do(who, "transfer", conversation=head.id, to_agent=self.people[to].subject)

    @rule(who=agents)
    def transfer_to_skill(self, who: str) -> None:
        for head in self.heads():
            if head.served_by(self.people[who].subject):
                self.do(who, "transfer", conversation=head.id, to_skill="kyc")

    @rule(who=agents, command=st.sampled_from(["accept_offer", "decline_offer"]))
    def answer(self, who: str, command: str) -> None:
        for head in self.heads():
            if head.offered_to(self.people[who].subject):
                self.do(who, command, conversation=head.id, epoch=head.epoch)

    @rule(who=agents, status=st.sampled_from(["available", "available", "away", "offline"]))
    def be(self, who: str, status: str) -> None:
        if who in self.linked:
            self.do(who, "set_presence", status=status)

    # What happens to them

    @rule(who=agents)
    def lose_or_regain_the_link(self, who: str) -> None:
        presence = self.house.rooms.presence
        if session := self.linked.pop(who, None):
            self.runner.run(presence.agent_disconnected(session))
        else:
            fresh = Session(f"s_{next(self.keys)}", Role.AGENT, self.people[who].subject, who, tier=AGENTS[who]["tier"])
            self.people[who] = self.linked[who] = fresh
            self.runner.run(presence.agent_connected(fresh))
        self.runner.run(self.house.settle())

    @rule(who=users, gone=st.booleans())
    def leave_or_come(self, who: str, gone: bool) -> None:
        presence = self.house.rooms.presence
        self.runner.run((presence.user_went if gone else presence.user_came)(self.people[who]))

    @rule(seconds=st.sampled_from([1, 10, 25, 61, 130]))
    def time_passes(self, seconds: int) -> None:
        self.runner.run(self.house.pass_time(seconds))

    @rule()
    def redis_is_flushed(self) -> None:
        self.runner.run(self._flush())

    async def _flush(self) -> None:
        await self.house.rooms.ground.queue._redis.flushall()  # nothing but a test loses its Redis
        await self.house.pass_time(0)

    # What holds

    @invariant()
    def everything_promised_holds(self) -> None:
        if self.people:
            self.runner.run(self._check())

    async def _check(self) -> None:
        heads = await self._heads()
        self._nobody_is_over_capacity(heads)
        self._nobody_is_forgotten(heads, await self._free())
        for user in USERS:
            mine = [head for head in heads if head.user_id == user and head.is_open]
            opened = await self.house.database.read(partial(read_open, user=user))
            assert mine == ([opened] if opened else [])
        for head in heads:
            await self._log_tells_the_same(head)

    def _nobody_is_over_capacity(self, heads: list[Head]) -> None:
        for name, account in AGENTS.items():
            subject = self.people[name].subject
            live = [head for head in heads if head.served_by(subject) or head.offered_to(subject)]
            assert len(live) <= account["capacity"]
            assert all(head.tier == account["tier"] for head in live)

    async def _free(self) -> list[str]:
        presences = await self.house.database.read(read_presences)
        return [one.agent_id for one in presences if one.routable]

    def _nobody_is_forgotten(self, heads: list[Head], routable: list[str]) -> None:
        for name, account in AGENTS.items():
            subject = self.people[name].subject
            load = sum(head.served_by(subject) or head.offered_to(subject) for head in heads)
            if subject not in routable or load >= account["capacity"]:
                continue
            for head in heads:
                fits = head.tier == account["tier"] and (not head.skill or head.skill in account["skills"])
                assert not (head.status == "waiting" and fits), (name, head)

    async def _log_tells_the_same(self, head: Head) -> None:
        reader = Session("s_audit", Role.SUPERVISOR, "audit", "audit")
        events = await self.house.events(head.id, reader)
        assert [event["seq"] for event in events] == list(range(1, head.public_head + 1))
        view = reduce(events)
        if head.status == "offered":
            return  # the one status that the log does not tell
        agent = head.agent.id if head.agent else None
        assert (view.status, view.agent and view.agent["id"]) == (head.status, agent)
        assert view.tier == head.tier or head.status in {"bot", "closed"}
        queued = [event["at"] for event in events if event["type"] == "queued"]
        assert head.status != "waiting" or head.queued_at in {*queued}


DeskMachine.TestCase.settings = settings(
    max_examples=int(os.environ.get("CHATSERVER_TEST_MACHINE_EXAMPLES", "12")),  # more, for as long as you like
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestDeskMachine = DeskMachine.TestCase
