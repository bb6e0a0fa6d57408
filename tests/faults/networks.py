"""N: links that die half, lie, crawl or flap, and clients that repeat themselves."""

import asyncio
import time
from contextlib import AsyncExitStack
from typing import Final

from chatserver.client import ChatError, LinkLost
from chatserver.conversation.messages import SendMessage
from chatserver.desk.messages import JoinConversation
from tests.faults.case import PAUSE_S, Case, pages
from tests.faults.catalogue import fault
from tests.faults.people import Clerk, Customer, some
from tests.faults.raw import raw_user


@fault("N01", "half-open user")
async def half_open_user(case: Case) -> None:
    """The user's link swallows everything for a while; what was written meanwhile arrives once, in order."""
    async with case.people(0, 1) as crowd:
        user, clerk = await crowd.customer(case.place.edge), crowd.clerks[0]
        await user.start()
        await user.served()
        for proxy in case.place.proxies:
            proxy.hole()
        await asyncio.gather(*(clerk.say(user.conversation, f"while away {number}") for number in range(5)))
        await asyncio.sleep(case.times(5, 60))
        _heal(case)
        await case.finished(user.until(lambda: user.kinds(user.conversation).count("message_posted") >= 5), 15, "all")


def _heal(case: Case) -> None:
    for proxy in case.place.proxies:
        proxy.heal()
        proxy.rst()


@fault("N02", "half-open agent")
async def half_open_agent(case: Case) -> None:
    """An agent vanishes with chats: found, told, back in the queue in time, and refused afterwards."""
    place = case.place
    found_s = place.clock_s("PING_INTERVAL_S") + place.clock_s("PING_TIMEOUT_S") + 1
    gone_s = place.clock_s("AGENT_GONE_S")
    async with case.people(2, 0) as crowd:
        clerk = await crowd.clerk(place.edge, echo=False)
        await clerk.set("available")
        users = crowd.customers
        await asyncio.gather(*(one.start() for one in users))
        await asyncio.gather(*(one.served() for one in users))
        for proxy in place.proxies:
            proxy.hole()
            proxy.closed = True

        async def found() -> bool:
            return clerk.id not in await place.routable()

        await case.within(found_s + 1, found, "the dead link is found")
        second = await crowd.clerk()
        await second.set("available")
        left = asyncio.gather(
            *(one.until(lambda one=one: "agent_left" in one.kinds(one.conversation)) for one in users)
        )
        began = time.monotonic()
        await case.finished(left, gone_s + 4, "the conversations are back in the queue")
        case.check(time.monotonic() - began > gone_s - 3, "the agent was given up too early")
        await asyncio.gather(*(one.served() for one in users))
        _heal(case)
        late = await clerk.say(users[0].conversation, "too late", patience_s=20)
        case.check(late is None, "a late message of the old agent was accepted")


@fault("N03", "one-way loss")
async def one_way_loss(case: Case) -> None:
    """Answers, then commands, are swallowed: nothing counts as sent that is not, nothing is stored twice."""
    async with case.load(4, 2, urls=case.place.edge):
        for direction in ("hole_down", "hole_up"):
            for proxy in case.place.proxies:
                setattr(proxy, direction, True)
            await asyncio.sleep(case.times(4, 40))
            _heal(case)
            await asyncio.sleep(case.times(1, 15))  # nobody waits longer than a person would


@fault("N04", "flapping users")
async def flapping_users(case: Case) -> None:
    """Users who come, say one thing and go, again and again."""
    async with case.people(0, 2) as crowd:
        people = [await crowd.customer() for _ in range(case.times(4, 50))]
        await asyncio.gather(*(one.start() for one in people))

        async def flap(one: Customer) -> None:
            for number in range(case.times(5, 100)):
                await one.say(one.conversation, f"life {number}")
                one.client.drop_link()

        await asyncio.gather(*map(flap, people))


@fault("N05", "flapping agent")
async def flapping_agent(case: Case) -> None:
    """An agent's link comes and goes faster than anybody is given up: the conversation stays."""
    async with case.people(1, 1) as crowd:
        user, clerk = crowd.customers[0], crowd.clerks[0]
        await user.start()
        await user.served()
        for _ in range(case.times(4, 40)):
            clerk.client.drop_link()
            await user.say(user.conversation, "still there?")
            await asyncio.sleep(case.times(1, 3))
        case.check(
            "agent_left" not in user.kinds(user.conversation), "the conversation was taken from a flapping agent"
        )


USUAL_PINGS: Final = {"CHATSERVER_PING_INTERVAL_S": "15", "CHATSERVER_PING_TIMEOUT_S": "10"}
"""Else a missing pong ends the socket before its queue is full."""


@fault("N06", "slow consumer", settings=USUAL_PINGS, calm=True)
async def slow_consumer(case: Case) -> None:
    """A client that does not read is dropped, costs little memory, and harms nobody."""
    server = case.place.servers[0]
    async with case.people(1, 1) as crowd:
        user, clerk = crowd.customers[0], crowd.clerks[0]
        await user.start()
        await user.served()
        async with raw_user(case.place, user.name, [server.url]) as deaf:
            before_kb = server.resident_kb()
            slow = await server.figure('sockets_ended_total{reason="slow"}')
            deaf.read_little()  # else the machine itself keeps megabytes for it
            words = "😀" * 3_000
            for _ in range(case.times(12, 40)):
                sends = (clerk.say(user.conversation, words) for _ in range(50))
                await asyncio.gather(*sends)
            case.check(server.resident_kb() < before_kb + 20_000, "a slow reader cost more than 20 MB")

            async def is_dropped() -> bool:
                return await server.figure('sockets_ended_total{reason="slow"}') > slow

            await case.within(5, is_dropped, "the slow reader is dropped")


@fault("N11", "the same key ten times on three sockets")
async def duplicate_sends(case: Case) -> None:
    """Whoever asks how often, wherever: one row, one answer."""
    async with case.people(1, 1) as crowd:
        user = crowd.customers[0]
        await user.start()
        keys = [f"dup-{number}" for number in range(case.times(50, 1_000))]
        urls = [case.place.urls[number % len(case.place.urls)] for number in range(3)]
        async with AsyncExitStack() as stack:
            raws = [await stack.enter_async_context(raw_user(case.place, user.name, [url])) for url in urls]
            answers = await asyncio.gather(*(_send_all(raw, user.conversation, keys) for raw in raws))
        for number, key in enumerate(keys):
            seqs = {answer[seq]["seq"] for answer in answers for seq in range(number * 10, number * 10 + 10)}
            firsts = sum(
                not answer[seq]["duplicate"] for answer in answers for seq in range(number * 10, number * 10 + 10)
            )
            case.check(len(seqs) == 1 and firsts == 1, f"{key} has {len(seqs)} places, {firsts} were first")
        texts = [event.get("text") for event in await _log_of(user)]
        case.check(all(texts.count(f"text {key}") == 1 for key in keys), "a message stands twice or not at all")


async def _send_all(raw, conversation: str, keys: list[str]) -> list[dict]:  # type: ignore[no-untyped-def, type-arg]
    answers = []
    for key in keys:
        body = SendMessage(conversation=conversation, key=key, text=f"text {key}")
        numbers = [await raw.fire(body) for _ in range(10)]
        answers += [await raw.answer(number) for number in numbers]
    return answers


async def _log_of(user: Customer) -> list[dict]:  # type: ignore[type-arg]

    return await pages(user, user.conversation)


@fault("N12", "pipelined sends, cut in the middle")
async def pipelined(case: Case) -> None:
    """A hundred without waiting, a cut, the rest again: stored in the order first sent, each once."""
    async with case.people(1, 0) as crowd:
        user = crowd.customers[0]
        await user.start()
        for turn in range(case.times(2, 20)):
            keys = [f"pipe-{turn}-{number}" for number in range(100)]
            async with raw_user(case.place, user.name, [case.place.edge[0]]) as raw:
                for number, key in enumerate(keys):
                    await raw.fire(SendMessage(conversation=user.conversation, key=key, text=key))
                    if number == 60:
                        case.place.proxies[0].rst()
                        break
            async with raw_user(case.place, user.name, case.place.urls[-1:]) as raw:
                for key in keys:
                    await raw.ask(SendMessage(conversation=user.conversation, key=key, text=key))
            stored = [
                event["text"] for event in await _log_of(user) if event.get("text", "").startswith(f"pipe-{turn}-")
            ]
            case.check(stored == keys, "pipelined messages are not stored in order, once each")


@fault("N13", "the same key with another text")
async def other_text(case: Case) -> None:
    """The first text stays."""
    async with case.people(1, 0) as crowd:
        user = crowd.customers[0]
        await user.start()
        async with raw_user(case.place, user.name, case.place.urls) as raw:
            first = await raw.ask(SendMessage(conversation=user.conversation, key="same", text="first"))
            second = await raw.ask(SendMessage(conversation=user.conversation, key="same", text="second"))
        case.check(second["duplicate"] and second["seq"] == first["seq"], "the second was not a duplicate")
        texts = [event.get("text") for event in await _log_of(user)]
        case.check("first" in texts and "second" not in texts, "the second text was stored")


@fault("N14", "thundering herd", calm=True)
async def herd(case: Case) -> None:
    """Everybody is cut at once and comes back; senders hardly notice."""
    count = case.times(150, 1_000)
    async with case.load(4, 2):
        back: list[float] = []
        names = [some("herd") for _ in range(count)]
        gate, room = asyncio.Event(), asyncio.Semaphore(50)
        sheep = [asyncio.create_task(_sheep(case, name, number, gate, room, back)) for number, name in enumerate(names)]
        while len(back) < count:  # noqa: ASYNC110  (a count of many tasks)
            await asyncio.sleep(0.05)
        back.clear()
        began = time.monotonic()
        gate.set()
        for proxy in case.place.proxies:
            proxy.rst()
        while len(back) < 0.99 * count and time.monotonic() - began < 60:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        took = time.monotonic() - began
        case.check(took <= case.times(5, 15), f"99 % came back after {took:.1f} s")
        case.recovery_s = max(case.recovery_s, took)
        for one in sheep:
            one.cancel()
        await asyncio.gather(*sheep, return_exceptions=True)


async def _sheep(
    case: Case, name: str, number: int, gate: asyncio.Event, room: asyncio.Semaphore, back: list[float]
) -> None:
    url = case.place.edge[number % len(case.place.edge)]
    while True:
        try:
            async with room:
                manager = raw_user(case.place, name, [url])
                raw = await manager.__aenter__()
            back.append(time.monotonic())
            try:
                await raw.lost(3_600)
            finally:
                await manager.__aexit__(None, None, None)
            await asyncio.sleep(case.random.random() * case.times(1, 8))
        except (ChatError, LinkLost, TimeoutError):
            await asyncio.sleep(0.5)


@fault("N16", "long offline")
async def long_offline(case: Case) -> None:
    """Somebody returns to thousands of missed messages and gets them all, in pages."""
    count = case.times(500, 10_000)
    async with case.people(1, 1, echo=False) as crowd:
        user, clerk = crowd.customers[0], crowd.clerks[0]
        await user.start()
        await user.served()
        for start in range(0, count, 100):
            await asyncio.gather(*(clerk.say(user.conversation, f"missed {start + number}") for number in range(100)))
        fresh = Customer(case.place, user.name)
        began = time.monotonic()
        async with fresh.here():
            await fresh.until(lambda: len(fresh.client.conversation(user.conversation).events) >= count, 30)
        case.recovery_s = max(case.recovery_s, time.monotonic() - began)


@fault("N17", "two devices, two processes")
async def two_devices(case: Case) -> None:
    """A user writes on two devices in turn; both show the same, quickly."""
    async with case.people(0, 1) as crowd:
        one = await crowd.customer(case.place.urls[:1])
        await one.start()
        two = Customer(case.place, one.name)
        two.conversation = one.conversation
        async with two.here(case.place.urls[-1:]):
            for number in range(case.times(10, 100)):
                writer, reader = (one, two) if number % 2 else (two, one)
                posted = await writer.say(one.conversation, f"turn {number}", key=f"turn-{number}")
                began = time.monotonic()
                await reader.until(lambda who=reader, seq=posted.seq: len(who.page(one.conversation)) >= seq)
                case.check(time.monotonic() - began <= 1, "the other device learned of it after more than 1 s")
            await asyncio.sleep(0.5)
            case.check(one.page(one.conversation) == two.page(one.conversation), "the devices show different lists")


@fault("N18", "parties on different processes")
async def apart(case: Case) -> None:
    """User, agent and supervisor sit on different processes and write at once; their lists are the same."""
    async with case.people(0, 0) as crowd:
        urls = case.place.urls
        user, clerk = await crowd.customer(urls[:1]), await crowd.clerk(urls[-1:], echo=False)
        await clerk.set("available")
        await user.start()
        await user.served()
        name, count = some("watcher"), case.times(50, 1_000)
        account = await case.place.account(name, role="supervisor")
        watcher = Clerk(case.place, name, account, echo=False)
        async with watcher.here([urls[len(urls) // 2]]):
            await watcher.do("join_conversation", JoinConversation(conversation=user.conversation, reason="watching"))
            parties = (user, clerk, watcher)
            await asyncio.gather(*(_chatter(one, user.conversation, count) for one in parties))
            await asyncio.sleep(PAUSE_S)
            lists = [_bare(one.page(user.conversation)) for one in parties]
            case.check(len(lists[0]) >= 3 * count, "not everything is there")
            case.check(lists[0] == lists[1] == lists[2], "lists differ")


async def _chatter(person, conversation: str, count: int) -> None:  # type: ignore[no-untyped-def]
    for number in range(count):
        await person.say(conversation, f"says {number}")


def _bare(page: list[dict]) -> list[tuple[int, str]]:  # type: ignore[type-arg]
    return [(event["seq"], event["id"]) for event in page]
