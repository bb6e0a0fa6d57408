"""Q: conversations that are handed from one to the other while things break."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from chatserver.desk import messages as desk
from chatserver.desk.supervising.messages import Reassign
from chatserver.settings import Settings
from tests.faults.case import Case, Crowd
from tests.faults.catalogue import fault
from tests.faults.people import Clerk, Customer, some
from tests.faults.processes import Server
from tests.faults.queues import assignments

HAND_ONS: Final = Settings().hand_ons
"""So often agents hand on what they have."""


@fault("Q11", "handoff under fire", settings={"CHATSERVER_HAND_ONS": "0"})
async def handoff_under_fire(case: Case) -> None:
    """Users write all the time while tier 1 hands off and processes die."""
    case.overtaking_ms = 16_000
    async with case.load(4, 2) as crowd:
        second = await crowd.clerk(tier=2, capacity=20)
        await second.set("available")
        for turn in range(case.times(2, 50)):  # four handoffs each, up and down again
            killing = asyncio.create_task(_kill_some(case)) if turn % 2 == 0 else None
            await asyncio.gather(*(_up_or_down(case, crowd, user, turn) for user in crowd.customers))
            if killing is not None:
                await killing
        seen = second.page(crowd.customers[0].conversation)
        case.check([one["seq"] for one in seen] == list(range(1, len(seen) + 1)), "tier 2 has a hole")


async def _kill_some(case: Case) -> None:
    await asyncio.sleep(case.random.random() * 0.2)
    server: Server = case.random.choice(case.place.servers)
    await server.kill()
    await server.start()


async def _up_or_down(case: Case, crowd: Crowd, user: Customer, turn: int) -> None:
    """Whoever serves the user hands off while the user writes: told once, and taken over."""
    await case.finished(user.served(40), 40, "the user is served")
    owner = assignments(user.page(user.conversation))[-1]
    clerk = next(one for one in crowd.clerks if one.id == owner)
    await _hand_off(clerk, user, 1 if turn % 2 else 2)
    told = user.until(lambda: user.kinds(user.conversation).count("handed_off") > turn, 20)
    await case.finished(told, 20, "the handoff is told")
    case.check(user.kinds(user.conversation).count("handed_off") == turn + 1, "a handoff stands more than once")
    await case.finished(
        user.until(lambda: len(assignments(user.page(user.conversation))) > turn + 1, 40), 40, "taken over"
    )


async def _hand_off(clerk: Clerk, user: Customer, tier: int = 2) -> Any:
    """None when it was refused."""
    body = desk.HandOff(conversation=user.conversation, to_tier=tier, reason="harder")
    return await clerk.do("hand_off", body)


@fault("Q12", "handoff to an empty tier")
async def handoff_to_nobody(case: Case) -> None:
    """Nobody is at tier 2: it waits, and tier 1 may take it back."""
    async with case.people(1, 1) as crowd:
        user, clerk = crowd.customers[0], crowd.clerks[0]
        await user.start()
        await user.served()
        await _hand_off(clerk, user)
        await user.say(user.conversation, "is anybody there?")
        await asyncio.sleep(case.times(2, 60))
        case.check(not user.is_served(), "somebody serves what nobody can")
        case.check(any(one.type == "queue_position" for one in user.heard), "the user does not know their place")
        await clerk.do("take_back", desk.TakeBack(conversation=user.conversation))
        await case.finished(user.served(), 5, "the conversation is taken back")


@fault("Q13", "handing to and fro")
async def ping_pong(case: Case) -> None:
    """Two tiers hand a conversation to each other again and again: after five times a supervisor decides."""
    async with case.people(1, 1) as crowd:
        first, second = crowd.clerks[0], await crowd.clerk(tier=2)
        await second.set("available")
        user = crowd.customers[0]
        await user.start()
        for number in range(case.times(8, 50)):
            await _pass_on(first, second, user, number)
        await user.until(user.is_served)
        times = user.kinds(user.conversation).count("handed_off")
        case.check(times == HAND_ONS, f"it was handed on {times} times")
        async with _lead(case) as lead:
            body = Reassign(conversation=user.conversation, reason="this one knows", to_agent=first.id)
            await lead.do("reassign", body)
        await user.until(lambda: assignments(user.page(user.conversation))[-1] == first.id)
        await _pass_on(first, second, user, HAND_ONS + 1)
        times = user.kinds(user.conversation).count("handed_off")
        case.check(times == HAND_ONS + 1, "a supervisor's word does not count")


async def _pass_on(first: Clerk, second: Clerk, user: Customer, number: int) -> None:
    """Whoever serves the user hands off to the other tier, and the other takes over, unless that is refused."""
    await user.until(user.is_served)
    owners = assignments(user.page(user.conversation))
    owner, tier = (first, 2) if owners[-1] == first.id else (second, 1)
    await user.say(user.conversation, f"turn {number}")
    if await _hand_off(owner, user, tier) is not None:
        await user.until(lambda: len(assignments(user.page(user.conversation))) > len(owners))


@asynccontextmanager
async def _lead(case: Case) -> AsyncIterator[Clerk]:
    name = some("lead")
    lead = Clerk(case.place, name, await case.place.account(name, role="supervisor"), echo=False)
    async with lead.here():
        yield lead
