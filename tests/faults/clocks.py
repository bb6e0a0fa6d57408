"""N: a clock that somebody sets while everybody works."""

import asyncio
from pathlib import Path
from typing import Final

from sqlalchemy import select

from chatserver.trust.audit.tables import audit
from tests.faults.case import Case
from tests.faults.catalogue import fault
from tests.faults.queues import OFFERS, assignments

HOUR_S: Final = 3_600


@fault("N10", "one server's clock is set", settings=OFFERS)
async def set_clock(case: Case) -> None:
    """The clock of one process jumps by an hour, forth and back: nobody is taken for dead, rings end in time."""
    place = case.place
    server, file = place.servers[0], place.folder / "wrong_clock"
    file.write_text("0")
    server.become("tests.faults.wrong_clock", WRONG_CLOCK=str(file))
    await server.drained()
    await server.start()
    try:
        async with case.load(4, 2) as crowd:
            await asyncio.gather(*(one.served() for one in crowd.customers))
            for wrong_s in (HOUR_S, 0, -HOUR_S):
                file.write_text(str(wrong_s))
                await asyncio.sleep(case.times(6, 40))
            for one in crowd.customers:
                kinds = one.kinds(one.conversation)
                case.check("agent_left" not in kinds, "an agent who was there was taken for gone")
                case.check(len(assignments(one.page(one.conversation))) == 1, "a user was given to somebody else")
            case.check(len(await place.routable()) == 2, "agents are there, SQL says the opposite")
        await _ring_out(case, file)
        await case.within(10, lambda: _is_noted(case), "the audit log tells of a clock that was set")
    finally:
        server.become()
        await server.drained()
        await server.start()


async def _ring_out(case: Case, file: Path) -> None:
    """Offers that nobody takes ring as long as ever, whichever process looks after them."""
    async with case.people(1, 1, echo=False) as crowd:
        user, clerk = crowd.customers[0], crowd.clerks[0]
        for wrong_s in (HOUR_S, -HOUR_S):
            file.write_text(str(wrong_s))
            clerk.heard.clear()
            clerk.offers.clear()
            await user.start()
            await clerk.until(lambda: clerk.offers)
            ended = clerk.until(lambda: any(one.type == "offer_withdrawn" for one in clerk.heard))
            await case.finished(ended, case.place.clock_s("OFFER_S") + 3, "the ring ends")
            await user.close()
        await clerk.set("away")


async def _is_noted(case: Case) -> bool:
    query = select(audit.c.number).where(audit.c.action == "clock_set")
    return bool(await case.place.database.read(lambda conn: conn.execute(query).first()))
