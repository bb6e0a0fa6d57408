"""Q: whose turn it is when some matter more than others and all come faster than they are served."""

import asyncio
import contextlib
import itertools
import time
from typing import Any, Final

from sqlalchemy import Connection, update

from chatserver.client import ChatError, Durable, Event, LinkLost
from chatserver.conversation.messages import CloseConversation, StartConversation
from chatserver.conversation.tables import conversations
from chatserver.desk.rules import PRIORITY_BOOST_MS
from chatserver.trust.agents import Agent
from tests.faults.case import Case
from tests.faults.catalogue import fault
from tests.faults.people import Clerk, some
from tests.faults.place import Place
from tests.faults.raw import raw_as

BOOST_S: Final = PRIORITY_BOOST_MS / 1_000

EVERY_S: Final = 0.2
"""Between two users who matter more: faster than they are served."""

TALK_S: Final = 0.7
"""How long an agent of three keeps a user: some four are served in a second, five come."""

LATE_S: Final = {False: 15.0, True: 120.0}
"""For those who stand before, and the pairing of an agent who is busy all the time: in full 1,500 come within the
boost, who take 375 s at four a second."""


class Rush:
    """Users who matter more, one after the other until `over`; `began` says when each conversation was started."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self.began: dict[str, float] = {}
        self.over = asyncio.Event()

    async def run(self) -> None:
        """Come until it is over, and leave nothing behind."""
        async with asyncio.TaskGroup() as group:
            for number in itertools.count():
                group.create_task(self._come(f"vip-{number}-{self._case.place.desk}"))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.over.wait(), EVERY_S)
                    return

    async def _come(self, name: str) -> None:
        token = self._case.place.user_token(name, vip=True)
        async with raw_as(self._case.place, {"as": "user", "token": token}, self._case.place.urls[0]) as raw:
            answer = await raw.ask(StartConversation(key="vip", want_agent=True))
            conversation = answer["conversation"]["id"]
            self.began[conversation] = time.monotonic()
            reading = asyncio.create_task(raw.lost(3_600))
            await self.over.wait()
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            with contextlib.suppress(ChatError, LinkLost, TimeoutError):
                await raw.ask(CloseConversation(conversation=conversation))


class Brisk(Clerk):
    """An agent who keeps everybody for a moment only; `order` is who came, one after the other."""

    def __init__(self, place: Place, name: str, account: Agent) -> None:
        super().__init__(place, name, account, echo=False)
        self.order: list[str] = []
        self._ending: list[asyncio.Task[Any]] = []

    def _hear(self, event: Event) -> None:
        super()._hear(event)
        if isinstance(event, Durable) and event.type == "agent_assigned" and event.conversation not in self.order:
            self.order.append(event.conversation)
            asyncio.get_running_loop().call_later(TALK_S, self._end, event.conversation)

    def _end(self, conversation: str) -> None:
        body = CloseConversation(conversation=conversation)
        self._ending.append(asyncio.create_task(self.do("close_conversation", body)))


@fault("Q15", "some matter more, nobody starves")
async def nobody_starves(case: Case) -> None:
    """Users who matter more come faster than anybody is served; who waits for the boost and a little longer has it."""
    ahead_s = case.times(8, round(BOOST_S))  # how long the boost still protects those who matter more
    async with case.people(1, 0) as crowd:
        low = crowd.customers[0]
        await low.start()
        if not case.full:  # the clock is not ours to turn, but the time that somebody came is in SQL
            await case.place.database.write(lambda conn: _came_earlier(conn, low.conversation, BOOST_S - ahead_s))
            await case.place.redis.say("FLUSHALL")
        began, rush = time.monotonic(), Rush(case)
        rushing = asyncio.create_task(rush.run())
        await asyncio.sleep(2)
        name = some("brisk")
        clerk = Brisk(case.place, name, await case.place.account(name))
        async with clerk.here():
            await clerk.set("available")
            most_s = ahead_s + LATE_S[case.full]
            await case.finished(low.served(most_s), most_s, "who matters less is served")
            waited_s = time.monotonic() - began
            await clerk.set("away")
            rush.over.set()
            await rushing
            await asyncio.sleep(2 * TALK_S)
            await clerk.set("offline")
        case.check(waited_s >= ahead_s - 1, f"who matters less was served after {waited_s:.1f} s, before their turn")
        _check_turns(case, rush, clerk.order, low.conversation, began + ahead_s)


def _check_turns(case: Case, rush: Rush, order: list[str], low: str, until: float) -> None:
    """Who came while the boost held is served first; who came later is not."""
    before = order[: order.index(low)] if low in order else order
    late = [one for one in before if rush.began.get(one, 0) > until + 1]
    case.check(len(before) > 10, f"only {len(before)} who matter more were served before")
    case.check(not late, f"{len(late)} who came after the boost were served before")


def _came_earlier(conn: Connection, conversation: str, seconds: float) -> None:
    earlier = conversations.c.queued_at - round(seconds * 1_000)
    conn.execute(update(conversations).where(conversations.c.id == conversation).values(queued_at=earlier))
