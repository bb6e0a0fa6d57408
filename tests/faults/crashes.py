"""F: processes, Redis and storage die, stall and come back."""

import asyncio
import pickle
import signal
import time
from typing import Any

from sqlalchemy import select

from chatserver.client import ChatError
from chatserver.conversation.messages import SendMessage
from chatserver.conversation.store import read_head
from chatserver.conversation.tables import conversations
from tests.faults.case import Case, Crowd, acks_ms
from tests.faults.catalogue import fault
from tests.faults.history import digest
from tests.faults.processes import RedisServer, Server
from tests.faults.proxy import FaultProxy
from tests.faults.raw import raw_user


async def kill_and_restart(server: Server, down_s: float) -> None:
    """kill -9, a while without it, start."""
    await server.kill()
    await asyncio.sleep(down_s)
    await server.start()


@fault("F01", "kill -9 in a burst")
async def kill_in_a_burst(case: Case) -> None:
    """Random servers are killed again and again while everybody talks."""
    case.overtaking_ms = 16_000
    first = len(case.place.history.records)
    async with case.load(case.times(10, 40), case.times(5, 14)):
        for _ in range(case.times(2, 60)):
            await asyncio.sleep(case.times(1, 2))
            await kill_and_restart(case.random.choice(case.place.servers), case.times(1, 2) / 2)
    records = case.place.history.records[first:]
    for share, most_s in ((0.95, 30), (0.99, 10)):
        took_s = acks_ms(records, share) / 1_000
        case.check(took_s <= most_s, f"{share:.0%} of the messages took up to {took_s:.1f} s")


@fault("F02", "link cut between commit and ack")
async def cut_before_the_ack(case: Case) -> None:
    """The server stores a message and its answer never arrives; the same key on another process finds it."""
    proxy = case.place.proxies[0]
    async with case.people(1, 1) as crowd:
        user = crowd.customers[0]
        await user.start()
        for number in range(case.times(20, 200)):
            await _cut_one(case, crowd, number)
        proxy.heal()


async def _cut_one(case: Case, crowd: Crowd, number: int) -> None:
    user, key = crowd.customers[0], f"cut-{number}"
    text = f"cut {number} {key}"
    body = SendMessage(conversation=user.conversation, key=key, text=text)
    fields = {"key": key, "conversation": user.conversation, "text": digest(text)}
    record = case.place.history.add
    record(user.name, "send_message", "invoke", **fields)
    async with raw_user(case.place, user.name, [case.place.proxies[0].url]) as first:
        case.place.proxies[0].cut_down_after = 0
        await first.fire(body)
        await first.lost()
    async with raw_user(case.place, user.name, case.place.urls[-1:]) as second:
        again = await second.ask(body)
        record(user.name, "send_message", "ok", **fields, seq=again["seq"], id=again["id"])
        once_more = await second.ask(body)
    case.check(once_more["duplicate"] and once_more["seq"] == again["seq"], f"{key}: the second answer differs")


@fault("F03", "rolling restart, clients ignore the close")
async def rolling_restart(case: Case) -> None:
    """Each server is asked to end while some clients never answer a close."""
    async with case.load(6, 3):
        for _ in range(case.times(1, 3)):
            for server in case.place.servers:
                await _drain_one(case, server)


async def _drain_one(case: Case, server: Server) -> None:
    deaf = [raw_user(case.place, f"deaf-{number}", [server.url]) for number in range(3)]
    for one in deaf:
        await one.__aenter__()  # and never read from
    began = time.monotonic()
    try:
        ending = asyncio.create_task(server.drained())
        await server.until_not_ready()
        case.check(not await _is_let_in(case, server), f"{server.name} let somebody in after it said not to be ready")
        code = await ending
        case.check(code == 0, f"{server.name} ended with {code}")
    except TimeoutError:
        case.check(False, f"{server.name} did not end within 25 s")
        await server.kill()
    case.recovery_s = max(case.recovery_s, time.monotonic() - began)
    for one in deaf:
        await one.__aexit__(None, None, None)
    await server.start()


async def _is_let_in(case: Case, server: Server) -> bool:
    try:
        async with raw_user(case.place, "newcomer", [server.url]):
            return True
    except (ChatError, ConnectionError):
        return False


@fault("F04", "all servers killed at once", settings={"CHATSERVER_ASSIGNMENT": "offer"})
async def kill_all(case: Case) -> None:
    """Nobody serves for a while; whoever waited keeps the place, and what rang goes back to it."""
    case.overtaking_ms = 31_000
    async with case.load(8, 2) as crowd:
        await asyncio.sleep(1)
        silent = await crowd.clerk(echo=False)  # the others are full
        await silent.set("available")
        await silent.until(lambda: silent.offers)
        before = await _queued_at(case)
        await asyncio.gather(*(server.kill() for server in case.place.servers))
        await asyncio.sleep(case.times(2, 20))
        await asyncio.gather(*(server.start() for server in case.place.servers))
        rang = silent.offers[0]

        async def is_back() -> bool:
            head = await case.place.database.read(lambda conn: read_head(conn, rang.conversation))
            return head is not None and head.epoch > rang.epoch

        await case.within(25, is_back, "what rang is back in the queue")
        after = await _queued_at(case)
        case.check(len(before) >= 8, "not everybody was queued")
        case.check(all(after[name] == at for name, at in before.items()), "a user lost the original time")
        await silent.set("away")


async def _queued_at(case: Case) -> dict[str, int]:
    """When every open conversation was first queued."""
    asked = select(conversations.c.id, conversations.c.queued_at).where(conversations.c.status != "closed")
    rows = await case.place.database.read(lambda conn: conn.execute(asked).all())
    return {row.id: row.queued_at for row in rows if row.queued_at is not None}


@fault("F05", "Redis killed, started again empty")
async def kill_redis(case: Case) -> None:
    """Messages are stored and delivered without Redis; it comes back with nothing in it."""
    async with case.load() as crowd:
        await asyncio.sleep(1)
        await case.place.redis.kill()
        await acks_stay_quick(case, crowd, case.times(1, 10))
        await deliveries(case, crowd, most_s=6)
        await pairs_a_newcomer(case, crowd, most_s=15)
        await asyncio.sleep(case.times(1, 30))
        await case.place.redis.start()
        await pairs_a_newcomer(case, crowd, most_s=15)
        await asyncio.sleep(2)
        await deliveries(case, crowd, most_s=15, usual_s=1)


async def deliveries(case: Case, crowd: Crowd, most_s: float, usual_s: float | None = None) -> None:
    """An answer reaches every user in time, whichever process it was written on."""

    async def one(number: int) -> None:
        user = crowd.customers[number]
        seen = user.kinds(user.conversation).count("message_posted")
        await case.finished(
            user.until(lambda: user.kinds(user.conversation).count("message_posted") > seen + 1), most_s, "an answer"
        )

    talking = [place for place, user in enumerate(crowd.customers) if "message_posted" in user.kinds(user.conversation)]
    await asyncio.gather(*map(one, talking))
    if usual_s is not None:
        began = time.monotonic()
        await one(0)
        case.check(time.monotonic() - began < usual_s + 1, "hints are not used again")


async def pairs_a_newcomer(case: Case, crowd: Crowd, most_s: float) -> None:
    """Somebody who comes now gets an agent."""
    clerk, user = await crowd.clerk(), await crowd.customer()
    await clerk.set("available")
    await user.start()
    await case.finished(user.served(most_s + 5), most_s, "a newcomer is served")


@fault("F06", "Redis flushed again and again")
async def flush_redis(case: Case) -> None:
    """The index and all leases vanish under load."""
    case.overtaking_ms = 16_000
    async with case.load() as crowd:
        for _ in range(case.times(4, 20)):
            await asyncio.sleep(case.times(1, 5))
            await case.place.redis.say("FLUSHALL")
        await pairs_a_newcomer(case, crowd, most_s=15)


@fault("F07", "Redis paused")
async def pause_redis(case: Case) -> None:
    """Redis answers nobody, by command and by a stopped process; acks do not wait for it."""
    async with case.load() as crowd:
        await case.place.redis.say("CLIENT", "PAUSE", case.times(4, 30) * 1_000, "ALL")
        await acks_stay_quick(case, crowd, case.times(4, 30))
        case.place.redis.signal(signal.SIGSTOP)
        await acks_stay_quick(case, crowd, case.times(4, 30))
        case.place.redis.signal(signal.SIGCONT)
        await pairs_a_newcomer(case, crowd, most_s=15)


@fault("F08", "Redis failed over, the last writes lost")
async def fail_over_redis(case: Case) -> None:
    """A replica that has missed the last writes takes over: nobody is forgotten, nobody is paired twice."""
    case.overtaking_ms = 16_000
    place = case.place
    for turn in range(case.times(1, 10)):
        replica = RedisServer(place.folder, f"replica-{turn}")
        await replica.start()
        try:
            async with case.load(8, 2) as crowd:
                await _follow(case, replica)
                await replica.say("REPLICAOF", "NO", "ONE")
                late = [await crowd.customer() for _ in range(4)]
                await asyncio.gather(*(one.start() for one in late))
                await (await crowd.clerk()).set("available")  # takes some of whom the replica still has waiting
                await asyncio.sleep(2)
                async with await _taken_over(case, replica):
                    await (await crowd.clerk()).set("available")  # the replica knows nobody who is left to wait
                    everybody = asyncio.gather(*(one.served() for one in (*crowd.customers, *late)))
                    await case.finished(everybody, 15, "everybody who waited is served")
                    await deliveries(case, crowd, most_s=6)
        finally:
            await replica.kill()


async def _follow(case: Case, replica: RedisServer) -> None:
    """Make it a replica of the Redis in use, and wait until it holds the same."""
    await replica.say("REPLICAOF", "127.0.0.1", case.place.redis.port)

    async def same() -> bool:
        built = f"{{{case.place.desk}}}:built"
        return await replica.say("EXISTS", built) == ":1"  # it was empty before

    await case.within(10, same, "the replica follows")


async def _taken_over(case: Case, replica: RedisServer) -> FaultProxy:
    """Kill the master; its address leads to the replica from now on, while the proxy is entered."""
    await case.place.redis.kill()
    return FaultProxy(replica.port, listen=case.place.redis.port)


async def acks_stay_quick(case: Case, crowd: Crowd, seconds: float, most_s: float = 1.0) -> None:
    """Of the messages that are sent from now on 99 of a hundred are acknowledged in time."""
    first = len(case.place.history.records)
    await asyncio.sleep(seconds)
    took_s = acks_ms(case.place.history.records[first:], 0.99, until=time.monotonic_ns()) / 1_000
    case.check(bool(crowd.customers) and took_s <= most_s, f"acks took {took_s:.1f} s")


@fault("F09", "pub/sub connections cut again and again")
async def cut_pubsub(case: Case) -> None:
    """Whoever listens for hints is thrown out; afterwards all hear again."""
    async with case.load() as crowd:
        for _ in range(case.times(10, 50)):
            await case.place.redis.say("CLIENT", "KILL", "TYPE", "pubsub")
            await asyncio.sleep(0.1)
        await case.place.redis.say("PUBLISH", f"hint:{case.place.desk}:all", b"x" * 33_000_000)  # more than it buffers

        async def all_hear() -> bool:
            answer = await case.place.redis.say("PUBLISH", f"hint:{case.place.desk}:all", "x" * 100)
            return int(answer.lstrip(":")) >= len(case.place.servers)

        await case.within(15, all_hear, "every server listens again")
        await deliveries(case, crowd, most_s=6)


POISON = (
    "5",
    "[1]",
    '"x"',
    '{"method":"emit"}',
    "[" * 100_000,
    "\x80\x04\x95",
    "pickle: csystem",
    '{"conversation":5}',
    "",
)
FORGED = (
    '{"method":"emit","event":"message_posted","data":[{"text":"forged"}],"room":"%s"}',
    '{"event":"message_posted","body":{"text":"forged"},"but":null}',
    '{"method":"enter_room","sid":"k1","room":"%s"}',
)


@fault("F10", "poison on the bus")
async def poison_the_bus(case: Case) -> None:
    """Whatever is published, nobody falls over and the next hints arrive."""
    async with case.load(4, 2) as crowd:
        user, trap = crowd.customers[0], case.place.folder / "unpickled"
        for payload in (*POISON, pickle.dumps(_Trap(str(trap))), b"\xff" * 100):
            for channel in ("all", "to:agents", f"in:{user.conversation}", f"to:user:{user.name}"):
                await case.place.redis.say("PUBLISH", f"hint:{case.place.desk}:{channel}", payload)
        await deliveries(case, crowd, most_s=6)
        case.check(not trap.exists(), "what came over the bus was unpickled")


class _Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, file: str) -> None:
        self._file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (self._file, "w")


@fault("F11", "forged commands on the bus")
async def forge_on_the_bus(case: Case) -> None:
    """Nothing that is published reaches a client."""
    async with case.load(4, 2) as crowd:
        user = crowd.customers[0]
        for payload in FORGED:
            for channel in (f"in:{user.conversation}", f"to:user:{user.name}", f"to:agent:{crowd.clerks[0].id}"):
                words = payload.replace("%s", user.conversation)
                await case.place.redis.say("PUBLISH", f"hint:{case.place.desk}:{channel}", words)
        await deliveries(case, crowd, most_s=6)
        case.check("forged" not in str(user.page(user.conversation)), "a forged event reached a client")
