"""One fault, driven against an installation: the load beside it, the evidence afterwards, the verdict."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

from msgspec import Struct

from chatserver.client import ChatError
from chatserver.client.rest import Rest
from chatserver.conversation.messages import Sync
from tests.faults import oracle
from tests.faults.oracle import SENDS, Complaint, Reading
from tests.faults.people import PASSING_CODES, PATIENCE_S, Clerk, Customer, Person, some
from tests.faults.place import Place

SETTLE_S: Final = 30.0
"""After the last fault everything is as it should be within this time."""

PAUSE_S: Final = 0.3
"""Between two messages of a user."""


class Outcome(Struct):
    """A row of the table; `recovery_s` is the longest that anything took from first asked to done."""

    test: str
    title: str
    runs: int = 0
    acked: int = 0
    lost: int = 0
    duplicated: int = 0
    misordered: int = 0
    recovery_s: float = 0.0
    complaints: list[Complaint] = []

    def add(self, other: "Outcome") -> None:
        """Count another run in."""
        self.runs += other.runs
        self.acked += other.acked
        self.lost += other.lost
        self.duplicated += other.duplicated
        self.misordered += other.misordered
        self.recovery_s = max(self.recovery_s, other.recovery_s)
        self.complaints = self.complaints + other.complaints


class Case:
    """A run of one fault. `times` says how much of it: the first number in a quick run, the second in a full one."""

    def __init__(self, name: str, place: Place, *, full: bool = False, seed: int = 0) -> None:
        self.name = name
        self.place = place
        self.full = full
        self.seed = seed
        self.random = random.Random(seed)
        self.complaints: list[Complaint] = []
        self.recovery_s = 0.0
        self.overtaking_ms = 1_000
        self.judged: set[str] = set()
        """Conversations whose logs were judged already: their users have gone."""
        self._first_record = len(place.history.records)
        self._log_sizes = place.log_sizes()
        self._first_sample = len(place.samples)

    def times(self, quick: int, full: int) -> int:
        """How often, or for how long."""
        return full if self.full else quick

    def check(self, fact: bool, text: str) -> None:
        """Complain unless something is so."""
        if not fact:
            self.complaints.append(Complaint(self.name, "broken", text))

    async def within(self, most_s: float, fact: Callable[[], Awaitable[bool]], text: str) -> float:
        """Complain unless something becomes so in time; returns the seconds it took."""
        began = time.monotonic()
        while not await fact():
            if time.monotonic() - began > most_s:
                self.check(False, f"not within {most_s:.0f} s: {text}")
                break
            await asyncio.sleep(0.05)
        took = time.monotonic() - began
        self.recovery_s = max(self.recovery_s, took)
        return took

    async def finished(self, work: Awaitable[Any], most_s: float, text: str) -> None:
        """Wait for something; complain when it does not end in time."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(most_s):
                await work
        except TimeoutError:
            self.check(False, f"not within {most_s:.0f} s: {text}")
        self.recovery_s = max(self.recovery_s, time.monotonic() - began)

    # --- people ---

    @asynccontextmanager
    async def people(
        self, users: int, agents: int, *, urls: list[str] | None = None, capacity: int = 3, echo: bool = True
    ) -> AsyncIterator["Crowd"]:
        """People who are connected, agents available, users silent; judged in the end."""
        async with AsyncExitStack() as stack:
            crowd = Crowd(self, stack)
            for _ in range(agents):
                await crowd.clerk(urls, capacity=capacity, echo=echo)
            for _ in range(users):
                await crowd.customer(urls)
            await asyncio.gather(*(clerk.set("available") for clerk in crowd.clerks))
            yield crowd
            await self.place.mend()
            await self._judge(crowd)
            await crowd.go_home()

    @asynccontextmanager
    async def load(self, users: int = 10, agents: int = 5, *, urls: list[str] | None = None) -> AsyncIterator["Crowd"]:
        """L0: users who each talk to an agent all the time while the fault happens."""
        async with self.people(users, agents, urls=urls) as crowd:
            await asyncio.gather(*(one.start() for one in crowd.customers))
            talking = [asyncio.create_task(crowd.talk(one)) for one in crowd.customers]
            try:
                yield crowd
            finally:
                await self.place.mend()
                crowd.stopping = True
                await asyncio.gather(*talking)

    # --- the verdict ---

    async def _judge(self, crowd: "Crowd") -> None:
        await self._settled(crowd)
        # At once: who reads and counts for seconds answers no ping meanwhile, and is gone for the servers.
        presence = oracle.presence_is_true(crowd.expected(), await self.place.routable())
        # What was acknowledged and heard before the logs are read must be in them; what comes later need not.
        records = [one for one in self.records() if one.conversation not in self.judged]
        live = [
            Reading(name, person.name, person.page(name))
            for person in (*crowd.customers, *crowd.clerks)
            for name in {name for customer in crowd.customers for name in customer.conversations}
        ]
        readings = [
            reading
            for customer in crowd.customers
            for name in customer.conversations
            for reading in await self._read(customer, name)
        ]
        samples = self.place.samples[self._first_sample :]
        logs = [
            person.client.conversation(one.conversation).log.public for one in readings for person in crowd.everybody
        ]
        self.complaints += [
            *oracle.acked_is_kept(records, readings),
            *oracle.nothing_twice(records, readings),
            *oracle.readings_agree(readings),
            *oracle.no_gaps(readings),
            *oracle.senders_order(records),
            *oracle.live_is_whole(live, readings, sum(log.repeated for log in logs) // 2),
            *oracle.one_owner(readings),
            *oracle.one_offer(records),
            *oracle.within_capacity(samples),
            *oracle.nobody_forgotten(samples),
            *oracle.first_come(records, readings, self.overtaking_ms),
            *presence,
            *oracle.logs_are_clean(self.place.logs(self._log_sizes), self.place.secrets),
            *[Complaint("verify", "broken", fault) for fault in await self.place.damage()],
            *[Complaint("O1", "lost", f"{one.name} gave up") for one in crowd.everybody if one.gave_up],
        ]
        self.judged |= {one.conversation for one in readings}

    async def _settled(self, crowd: "Crowd") -> None:
        """Nothing is on its way: who can be is served, and has the whole log and answered it; presence is as set."""

        async def is_settled() -> bool:
            for one in crowd.customers:
                if one.conversation and not await self._is_told(crowd, one):
                    return False
            if any(clerk.busy for clerk in crowd.clerks) or self._is_pairing():
                return False
            return not oracle.presence_is_true(crowd.expected(), await self.place.routable())

        began = time.monotonic()
        while not await is_settled() and time.monotonic() - began < SETTLE_S:  # noqa: ASYNC110  (others' state)
            await asyncio.sleep(0.3)

    def _is_pairing(self) -> bool:
        """Whether somebody is about to be served: there will be answers."""
        last = self.place.samples[-1] if self.place.samples else None
        return self.place.sampling and last is not None and any(tier in last.free for _, tier in last.waiting)

    async def _is_told(self, crowd: "Crowd", customer: Customer) -> bool:
        """Whether the user, and the agent who serves them, have the whole log."""
        log = await self._rest(customer, customer.conversation)
        owner = ""
        for event in log:
            owner = event["agent"]["id"] if event["type"] == "agent_assigned" else owner
        people = [customer, *(clerk for clerk in crowd.clerks if clerk.id == owner)]
        return all(len(one.page(customer.conversation)) >= len(log) for one in people)

    async def _rest(self, customer: Customer, name: str) -> list[dict[str, Any]]:
        token = self.place.user_token(customer.name)
        return await Rest(self.place.http, self.place.urls[-1], f"Bearer {token}").transcript(name)

    async def _read(self, customer: Customer, name: str) -> list[Reading]:
        rest = await self._rest(customer, name)
        last = rest[-1]["seq"] if rest else 0
        # Thousands of pages take their time, in which the log may go on.
        seen = [event for event in await pages(customer, name) if event["seq"] <= last]
        return [Reading(name, customer.name, seen), Reading(name, "rest", rest)]

    def records(self) -> list[Any]:
        """What was recorded in this run."""
        return self.place.history.records[self._first_record :]

    def outcome(self, title: str) -> Outcome:
        """The row of this run."""
        records = self.records()
        kinds = [one.kind for one in self.complaints]
        counted = {kind: kinds.count(kind) for kind in ("lost", "duplicated", "misordered")}
        acked = {(one.client, one.conversation, one.key) for one in records if one.op in SENDS and one.phase == "ok"}
        slowest = max(self.recovery_s, slowest_s(records))
        return Outcome(self.name, title, 1, len(acked), **counted, recovery_s=slowest, complaints=self.complaints)


class Crowd:
    """The people of one run."""

    def __init__(self, case: Case, stack: AsyncExitStack) -> None:
        self._case = case
        self._stack = stack
        self.customers: list[Customer] = []
        self.clerks: list[Clerk] = []
        self.stopping = False

    @property
    def everybody(self) -> list[Person]:
        """Users and agents."""
        return [*self.customers, *self.clerks]

    async def customer(self, urls: list[str] | None = None) -> Customer:
        """One more user, who stays to the end."""
        one = Customer(self._case.place, some("user"))
        await self._stack.enter_async_context(one.here(urls))
        self.customers.append(one)
        return one

    async def clerk(
        self, urls: list[str] | None = None, *, tier: int = 1, capacity: int = 3, echo: bool = True
    ) -> Clerk:
        """One more agent, offline, who stays to the end."""
        name = some("agent")
        account = await self._case.place.account(name, tier=tier, capacity=capacity)
        one = Clerk(self._case.place, name, account, echo=echo)
        await self._stack.enter_async_context(one.here(urls))
        self.clerks.append(one)
        return one

    async def talk(self, customer: Customer) -> None:
        """Say something again and again until told to stop."""
        number = 0
        while not self.stopping:
            number += 1
            await customer.say(customer.conversation, f"message {number}")
            await asyncio.sleep(PAUSE_S)

    def expected(self) -> dict[str, bool]:
        """Who should count as there, of the agents."""
        return {one.id: one.status == "available" for one in self.clerks if one.client.connected}

    async def go_home(self) -> None:
        """Leave nothing to the next run: agents offline, conversations closed."""
        await asyncio.gather(*(clerk.set("offline") for clerk in self.clerks))
        await asyncio.gather(*(customer.close() for customer in self.customers))


async def pages(person: Person, conversation: str) -> list[dict[str, Any]]:
    """The public thread, read anew from its beginning; raises the refusal of a page that is not to be had."""
    import msgspec

    events: list[dict[str, Any]] = []
    more, until = True, time.monotonic() + PATIENCE_S
    while more:
        try:
            body = Sync(conversation=conversation, after=len(events))
            page = await person.client.command(body, deadline_s=20.0)
        except ChatError as refusal:
            if refusal.code in PASSING_CODES and time.monotonic() < until:
                continue  # a long thread is more than anybody may ask for at once
            raise
        events += [msgspec.json.decode(event) for event in page.events]
        more, until = page.more, time.monotonic() + PATIENCE_S
    return events


def acks_ms(records: list[Any], share: float, until: int = 0) -> float:
    """How long this share of the acknowledged messages took from first asked to done, at most; 0 without any.

    With an instant, those that are not done count as long as they have waited up to it.
    """
    began: dict[tuple[str, str, str], int] = {}
    took: list[int] = []
    for one in records:
        name = one.client, one.conversation, one.key
        if one.op in SENDS and one.phase == "invoke":
            began.setdefault(name, one.t)
        elif one.op in SENDS and one.phase == "ok" and name in began:
            took.append(one.t - began.pop(name))
    took += [until - t for t in began.values()] if until else []
    return sorted(took)[min(len(took) - 1, int(share * len(took)))] / 1e6 if took else 0.0


def slowest_s(records: list[Any]) -> float:
    """The longest from the first attempt of a message to its acknowledgement."""
    began: dict[tuple[str, str, str], int] = {}
    longest = 0
    for one in records:
        if one.op not in SENDS:
            continue
        name = one.client, one.conversation, one.key
        if one.phase == "invoke":
            began.setdefault(name, one.t)
        elif one.phase == "ok" and name in began:
            longest = max(longest, one.t - began.pop(name))
    return longest / 1e9
