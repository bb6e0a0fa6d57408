"""What is promised of thousands: sockets that all come back or read at once, and a queue of a hundred thousand."""

import asyncio
import resource
import time
from contextlib import AsyncExitStack
from typing import Final

from redis.asyncio import Redis

from chatserver.client import wire
from chatserver.desk.messages import RequestAgent, SetPresence
from tests.faults.case import Case, Outcome, acks_ms
from tests.faults.catalogue import Fault
from tests.faults.place import Place
from tests.faults.queues import copy_rows, drop_copies
from tests.faults.raw import Raw, raw_as, raw_user
from tests.faults.runner import Options, installation, run_one, say
from tests.faults.shepherd import herd
from tests.faults.storms import everybody_reads

SOCKETS: Final = 5_000
BACK_S: Final = 15.0
JITTER_S: Final = 8.0
ALL_AT_ONCE_S: Final = 60.0
"""When nobody waits before coming back."""

ACKS_MS: Final = 2_000.0
GONE_S: Final = 10.0
"""After this long nothing of a crowd that has gone is on its way any more."""

SAME_CROWD: Final = 1.1
"""What a second crowd may add to the memory that a first one of the same size has left behind."""

LENGTH: Final = 500
"""Messages of a conversation that is read from the beginning."""

WAITING: Final = 100_000
AGENTS: Final = 50
CAPACITY: Final = 10
FIRST_S: Final = 1.0
POSITION_MS: Final = 5.0
REBUILD_S: Final = 10.0
REDIS_MB: Final = 50.0

USUAL_CLOCKS: Final = {
    "CHATSERVER_PING_INTERVAL_S": "15",
    "CHATSERVER_PING_TIMEOUT_S": "10",
    "CHATSERVER_AGENT_GONE_S": "60",
    "CHATSERVER_USER_GONE_S": "120",
    "CHATSERVER_FIRST_REPLY_S": "600",
    "CHATSERVER_LOG_LEVEL": "info",
}


def raise_limits() -> None:
    """Let this process and those it starts have as many descriptors as may be."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def many_sockets(case: Case) -> None:
    """All sockets are cut at once, come back in time, and those who write hardly notice.

    What a crowd needs once, a process keeps for the next one, which must fit into it.
    """
    gone_mb: list[float] = []
    for jitter_s, most_s in ((JITTER_S, BACK_S), (0.0, ALL_AT_ONCE_S)):
        async with case.load(4, 2), herd(case.place, SOCKETS, jitter_s=jitter_s) as sheep:
            came = await sheep.gather()
            await asyncio.sleep(3)
            used_s = [server.processor_s() for server in case.place.servers]
            first = len(case.place.history.records)
            back = await sheep.cut()
            await asyncio.sleep(1)
            p99 = acks_ms(case.place.history.records[first:], 0.99)
            cost_s = sum(server.processor_s() for server in case.place.servers) - sum(used_s)
            memory = [server.resident_kb() / 1_024 for server in case.place.servers]
            say(f"{came.up} sockets came in {came.seconds:.1f} s; cut, with {jitter_s:g} s of jitter")
            say(f"  99 % back after {back.seconds:.1f} s, {back.again} attempts again, acks p99 {p99:.0f} ms")
            say(f"  {cost_s / SOCKETS * 1_000:.2f} ms of processor a return, {max(memory):.0f} MB the largest server")
            case.check(back.seconds <= most_s, f"99 % were back after {back.seconds:.1f} s")
            case.check(p99 <= ACKS_MS, f"acks took {p99:.0f} ms at the 99th of a hundred")
            case.recovery_s = max(case.recovery_s, back.seconds)
        await asyncio.sleep(GONE_S)
        gone_mb.append(max(server.resident_kb() for server in case.place.servers) / 1_024)
        case.place.take_measure()
    say(f"  everybody gone: {gone_mb[0]:.0f} MB after the first crowd, {gone_mb[1]:.0f} MB after the second")
    case.check(gone_mb[1] <= SAME_CROWD * gone_mb[0], "the second crowd found no room where the first had been")


async def many_waiting(case: Case) -> None:
    """A hundred thousand wait: the index is built from SQL, a place is told at once, agents get users at once."""
    place = case.place
    place.sampling = False  # asking SQL for everybody all the time would be a load of its own
    async with case.people(1, 0) as crowd:
        user = crowd.customers[0]
        await user.start()
        empty_mb = await _redis_mb(place)
        await place.database.write(lambda conn: copy_rows(conn, user.conversation, WAITING))
        try:
            await _rebuild(case)
            say(f"  Redis holds {await _redis_mb(place) - empty_mb:.1f} MB for it")
            case.check(await _redis_mb(place) - empty_mb <= REDIS_MB, "Redis holds more than 50 MB")
            await _positions(case, user.name, user.conversation)
            await _agents_come(case)
        finally:
            await place.database.write(drop_copies)
            await place.redis.say("FLUSHALL")


async def many_readers(case: Case) -> None:
    """Thousands of sockets read long conversations from the beginning at the same time."""
    read, newcomer_s = await everybody_reads(case, SOCKETS, LENGTH)
    say(f"{SOCKETS} sockets have read {read.events} events after {read.seconds:.1f} s, {read.again} refused at first")
    say(f"  whoever came meanwhile had a conversation after {newcomer_s:.2f} s")


async def _redis_mb(place: Place) -> float:
    async with Redis(port=place.redis.port) as redis:
        return float((await redis.info("memory"))["used_memory"]) / 2**20


async def _rebuild(case: Case) -> None:
    place = case.place
    await place.redis.say("FLUSHALL")
    began = time.monotonic()

    async def is_built() -> bool:
        return await place.redis.say("EXISTS", f"{{{place.desk}}}:built") == ":1"

    await case.within(REBUILD_S + 2, is_built, "the index is built from SQL")
    took_s = time.monotonic() - began
    length = await place.redis.say("ZCARD", f"{{{place.desk}}}:waiting:1:")
    say(f"{WAITING} waiting: the index stands {took_s:.1f} s after Redis was emptied, {length.lstrip(':')} in it")
    case.check(int(length.lstrip(":")) > WAITING, "not everybody is in the index")
    case.check(took_s <= REBUILD_S, f"the rebuild took {took_s:.1f} s")


async def _positions(case: Case, user: str, conversation: str) -> None:
    took: list[float] = []
    unknown = 0
    async with raw_user(case.place, user, case.place.urls) as raw:
        for _ in range(300):
            began = time.perf_counter()
            answer = await raw.ask(RequestAgent(conversation=conversation))
            took.append((time.perf_counter() - began) * 1_000)
            unknown += answer["position"] is None
            await asyncio.sleep(0.01)
    took.sort()
    case.check(not unknown, f"the place was not known {unknown} times")
    say(f"  a place is told in p50 {took[150]:.1f} ms, p99 {took[297]:.1f} ms")
    case.check(took[150] <= POSITION_MS, f"a place took {took[150]:.1f} ms")


async def _agents_come(case: Case) -> None:
    place = case.place
    async with AsyncExitStack() as stack:
        listening: list[asyncio.Task[list[float]]] = []
        raws: list[Raw] = []
        for number in range(AGENTS):
            account = await place.account(f"many-{number}-{place.desk}", capacity=CAPACITY)
            auth = {"as": "agent", "token": place.agent_token(account)}
            raws.append(await stack.enter_async_context(raw_as(place, auth, place.urls[number % len(place.urls)])))
            listening.append(asyncio.create_task(_assigned(raws[-1])))
        began = time.monotonic()
        for raw in raws:
            await raw.fire(SetPresence(status="available"))
        _, late = await asyncio.wait(listening, timeout=30)
        case.check(not late, f"{len(late)} of {AGENTS} agents have free places left")
        at = sorted(seen - began for task in listening if task not in late for seen in task.result())
        if at:
            say(f"  {AGENTS} agents come: first assignment after {at[0]:.2f} s, {len(at)} after {at[-1]:.2f} s")
            case.check(at[0] <= FIRST_S, f"the first assignment came after {at[0]:.2f} s")
            case.recovery_s = max(case.recovery_s, at[-1])
        for task in late:
            task.cancel()


async def _assigned(raw: Raw) -> list[float]:
    """When each of an agent's slots was filled."""
    at: list[float] = []
    while len(at) < CAPACITY:
        packet = await raw.next()
        if isinstance(packet, wire.Told) and packet.name == "agent_assigned":
            at.append(time.monotonic())
    return at


MANY: Final = (
    Fault("sockets", f"{SOCKETS} cut at once", many_sockets, True, (), 0, {}, False),
    Fault("reading", f"{SOCKETS} read {LENGTH} messages each", many_readers, True, (), 0, {}, False),
    Fault("waiting", f"{WAITING} waiting", many_waiting, True, (), 0, {}, False),
)


async def run_scale(names: list[str], options: Options) -> list[Outcome]:
    """The measurements of many, each on an installation of its own; figures go to standard error."""
    raise_limits()
    table: list[Outcome] = []
    for database in options.databases:
        for fault in MANY:
            if not names or fault.name in names:
                async with installation(database, options.processes, USUAL_CLOCKS) as place:
                    outcome = await run_one(fault, place, options, limit_s=1_800)
                    outcome.title += f", {database}"
                    table.append(outcome)
    return table
