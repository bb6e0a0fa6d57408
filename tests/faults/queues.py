"""Q: who gets whom when everybody comes, goes and refuses at once."""

import asyncio
import time
from typing import Any

from chatserver.conversation.messages import CloseConversation, StartConversation
from chatserver.desk import messages as desk
from chatserver.desk.waiting import waiting_entries
from tests.faults.case import Case, Crowd, pages
from tests.faults.catalogue import fault
from tests.faults.people import Customer
from tests.faults.processes import Server
from tests.faults.raw import raw_user

OFFERS = {"CHATSERVER_ASSIGNMENT": "offer"}


def assignments(page: list[dict[str, Any]]) -> list[str]:
    """Who was assigned, in order."""
    return [event["agent"]["id"] for event in page if event["type"] == "agent_assigned"]


async def _free(case: Case) -> None:
    """Wait until nobody waits and nobody is served: the next round starts afresh."""

    async def nobody() -> bool:
        return not case.place.samples[-1].waiting and not any(case.place.samples[-1].load.values())

    await case.within(10, nobody, "the desk is empty")


@fault("Q01", "race for one user")
async def race_for_a_user(case: Case) -> None:
    """Many agents become ready at once for one who waits."""
    async with case.people(0, 0) as crowd:
        clerks = [await crowd.clerk(echo=False) for _ in range(case.times(10, 50))]
        user = await crowd.customer()
        for _ in range(case.times(4, 500)):
            await user.start()
            await asyncio.gather(*(clerk.set("available") for clerk in clerks))
            await user.served()
            case.check(len(assignments(user.page(user.conversation))) == 1, "more than one agent was assigned")
            await user.close()
            await asyncio.gather(*(clerk.set("away") for clerk in clerks))


@fault("Q02", "race for capacity")
async def race_for_capacity(case: Case) -> None:
    """Many users come at once to one agent of three."""
    async with case.people(case.times(12, 100), 1, echo=False) as crowd:
        for _ in range(case.times(1, 5)):
            await asyncio.gather(*(one.start() for one in crowd.customers))
            served = 0
            while served < 3:
                served = sum(one.is_served() for one in crowd.customers)
                await asyncio.sleep(0.05)
            await asyncio.sleep(1)
            case.check(sum(one.is_served() for one in crowd.customers) == 3, "not exactly three are served")
            await asyncio.gather(*(one.close() for one in crowd.customers))


@fault("Q03", "agent gone while it rings", settings=OFFERS)
async def gone_while_ringing(case: Case) -> None:
    """The link of the agent dies in the ring; the user keeps the time and the next agent gets them."""
    async with case.people(1, 0) as crowd:
        clerk = await crowd.clerk(case.place.edge, echo=False)
        await clerk.set("available")
        user = crowd.customers[0]
        await user.start()
        await clerk.until(lambda: clerk.offers)
        for proxy in case.place.proxies:
            proxy.hole()
            proxy.closed = True
        second = await crowd.clerk()
        await second.set("available")
        await case.finished(user.served(), case.place.clock_s("OFFER_S") + 5, "the next agent gets the user")
        case.check(assignments(user.page(user.conversation)) == [second.id], "the wrong agent has the user")


@fault("Q04", "agent gone in the middle of a chat")
async def gone_in_a_chat(case: Case) -> None:
    """The agent's process of life ends at once; the next reads everything and the user lost nothing."""
    async with case.people(1, 0) as crowd:
        clerk = await crowd.clerk(case.place.edge)
        await clerk.set("available")
        user = crowd.customers[0]
        await user.start()
        for number in range(5):
            await user.say(user.conversation, f"before {number}")
        for proxy in case.place.proxies:
            proxy.hole()
            proxy.closed = True
        for number in range(5):
            await user.say(user.conversation, f"without an agent {number}")
        second = await crowd.clerk(echo=False)
        await second.set("available")
        limit_s = case.place.clock_s("AGENT_GONE_S") + 10
        await case.finished(second.until(lambda: second.page(user.conversation)), limit_s, "the next agent")
        await second.until(lambda: len(second.page(user.conversation)) >= len(user.page(user.conversation)))
        case.check(second.page(user.conversation)[0]["seq"] == 1, "the next agent does not see the beginning")


@fault("Q05", "late accept", settings=OFFERS)
async def late_accept(case: Case) -> None:
    """An agent accepts after the ring: refused, and never two owners."""
    async with case.people(1, 0) as crowd:
        late = await crowd.clerk(echo=False)
        await late.set("available")
        user = crowd.customers[0]
        await user.start()
        await late.until(lambda: late.offers)
        offer = late.offers[0]
        await late.until(lambda: any(one.type == "offer_withdrawn" for one in late.heard), 10)
        await late.do("accept_offer", desk.AcceptOffer(conversation=offer.conversation, epoch=offer.epoch))
        last = case.place.history.records[-1]
        case.check(last.code == "offer_expired", f"a late accept was answered {last.code or 'ok'}")
        second = await crowd.clerk()
        await second.set("available")
        await user.served()
        await late.set("away")


@fault("Q06", "user leaves while waiting and while it rings", settings=OFFERS)
async def user_leaves(case: Case) -> None:
    """Cancelling withdraws the ring at once; going away keeps the place for a while, then gives it up."""
    async with case.people(1, 0, echo=False) as crowd:
        clerk = await crowd.clerk(echo=False)
        await clerk.set("available")
        user = crowd.customers[0]
        await user.start()
        await clerk.until(lambda: clerk.offers)
        await user.do("cancel_waiting", desk.CancelWaiting(conversation=user.conversation))
        withdrawn = clerk.until(lambda: any(one.type == "offer_withdrawn" for one in clerk.heard))
        await case.finished(withdrawn, 1, "the ring is withdrawn")
        await clerk.set("away")
        gone = Customer(case.place, "gone-" + user.name)
        async with gone.here():
            await gone.start()
        await asyncio.sleep(case.place.clock_s("USER_GONE_S") / 2)
        waiting = {one.conversation for one in await case.place.database.read(waiting_entries)}
        case.check(gone.conversation in waiting, "a user who was away for a moment lost the place")

        async def abandoned() -> bool:
            return gone.conversation not in {
                one.conversation for one in await case.place.database.read(waiting_entries)
            }

        await case.within(case.place.clock_s("USER_GONE_S") + 14, abandoned, "the place is given up")


@fault("Q07", "one user joins five times at once")
async def double_join(case: Case) -> None:
    """Five sockets on all processes ask at the same instant: one conversation, one place."""
    async with case.people(1, 0) as crowd:
        user, urls = crowd.customers[0], case.place.urls
        sockets = [raw_user(case.place, user.name, [urls[number % len(urls)]]) for number in range(4)]
        raws = [await one.__aenter__() for one in sockets]
        bodies = [StartConversation(key=f"join-{number}", want_agent=True) for number in range(4)]
        answers = await asyncio.gather(*(raw.ask(body) for raw, body in zip(raws, bodies, strict=True)))
        for one in sockets:
            await one.__aexit__(None, None, None)
        ids = {answer["conversation"]["id"] for answer in answers}
        case.check(len(ids) == 1, f"{len(ids)} conversations were opened")
        user.conversation = ids.pop()
        user.conversations.add(user.conversation)
        waiting = [one.conversation for one in await case.place.database.read(waiting_entries)]
        case.check(waiting.count(user.conversation) == 1, "the user does not wait exactly once")
        kinds = [event["type"] for event in await pages(user, user.conversation)]
        case.check(kinds.count("queued") == 1, "the user was queued more than once")


@fault("Q08", "many waiting", calm=True)
async def many_waiting(case: Case) -> None:
    """A long queue in SQL: the index is built from it, and agents who come get users at once."""
    count = case.times(2_000, 100_000)
    async with case.people(1, 0) as crowd:
        user = crowd.customers[0]
        await user.start()
        await case.place.database.write(lambda conn: copy_rows(conn, user.conversation, count))
        began = time.monotonic()
        await case.place.redis.say("FLUSHALL")

        async def indexed() -> bool:
            name = f"{{{case.place.desk}}}:waiting:1:"
            return int((await case.place.redis.say("ZCARD", name)).lstrip(":")) >= count

        await case.within(10, indexed, "the index is built from SQL")
        clerk = await crowd.clerk(echo=False)
        began = time.monotonic()
        await clerk.set("available")
        await case.finished(user.served(), 2, "the first assignment")
        case.recovery_s = max(case.recovery_s, time.monotonic() - began)
        await clerk.set("away")
        await case.place.database.write(drop_copies)
        await case.place.redis.say("FLUSHALL")


def copy_rows(conn: Any, conversation: str, count: int) -> None:
    """Waiting conversations like this one, of users who do not exist; each waits a little longer than the next."""
    columns = [row[0] for row in conn.exec_driver_sql("SELECT * FROM conversations LIMIT 0").cursor.description]
    changed = {"id": "'copy-' || n", "user_id": "'nobody-' || n", "queued_at": "queued_at + n", "user_left_at": "NULL"}
    kept = [name for name in columns if name != "number"]
    values = ", ".join(changed.get(name, name) for name in kept)
    numbers = f"WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count})"
    source = f"{numbers} SELECT {values} FROM conversations, series WHERE id = '{conversation}'"
    conn.exec_driver_sql(f"INSERT INTO conversations ({', '.join(kept)}) {source}")


def drop_copies(conn: Any) -> None:
    """Take them away again."""
    conn.exec_driver_sql(
        "DELETE FROM events WHERE conversation IN (SELECT number FROM conversations WHERE id LIKE 'copy-%')"
    )
    conn.exec_driver_sql("DELETE FROM conversations WHERE id LIKE 'copy-%'")


@fault("Q09", "killed between reservation and decision")
async def reserve_then_die(case: Case) -> None:
    """Processes die while they pair; users and slots come back."""
    case.overtaking_ms = 30_000
    async with case.people(0, 4, echo=False) as crowd:
        for _ in range(case.times(2, 40)):
            users = [await crowd.customer() for _ in range(6)]
            asking = [asyncio.create_task(one.start()) for one in users]
            await asyncio.sleep(case.random.random() * 0.05)
            server: Server = case.random.choice(case.place.servers)
            await server.kill()
            await server.start()
            await asyncio.gather(*asking)
            await case.finished(asyncio.gather(*(one.served() for one in users)), 25, "everybody is served")
            await asyncio.gather(*(one.close() for one in users))
        await case.within(20, lambda: _loads_agree(case, crowd), "the index counts like SQL")


async def _loads_agree(case: Case, crowd: Crowd) -> bool:
    mine = {clerk.id for clerk in crowd.clerks}
    sample = case.place.samples[-1]
    held = await case.place.redis.say("ZCARD", f"{{{case.place.desk}}}:held")
    return held == ":0" and not any(sample.load.get(agent) for agent in mine)


@fault("Q10", "stale and unknown entries in the index")
async def stale_entries(case: Case) -> None:
    """Closed and invented conversations are put into the index by hand: nobody is offered them, they vanish."""
    async with case.people(2, 0, echo=False) as crowd:
        closed, waiting = crowd.customers
        await closed.start()
        await closed.close()
        lane = f"{{{case.place.desk}}}:waiting:1:"
        await case.place.redis.say("SADD", f"{{{case.place.desk}}}:lanes:1", "")
        for name in (closed.conversation, "c_invented"):
            await case.place.redis.say("ZADD", lane, 1, name)
        clerk = await crowd.clerk(echo=False)
        await clerk.set("available")
        await waiting.start()
        await case.finished(waiting.served(), 5, "the real user is served")

        async def clean() -> bool:
            return await case.place.redis.say("ZCARD", lane) == ":0"

        await case.within(5, clean, "the stale entries are gone")
        case.check(not clerk.page(closed.conversation), "the closed conversation went to an agent")


@fault("Q14", "agent flips between ready and away")
async def flipping_agent(case: Case) -> None:
    """No conversation comes while away; at most the capacity is given."""
    async with case.people(4, 1, echo=False) as crowd:
        clerk = crowd.clerks[0]
        flips = case.times(20, 100)
        asking = [asyncio.create_task(one.start()) for one in crowd.customers]
        for number in range(flips):
            await clerk.set("away" if number % 2 else "available")
        await asyncio.gather(*asking)
        await clerk.set("away")
        had = sum(one.is_served() for one in crowd.customers)
        await asyncio.sleep(1)
        late = [one for one in crowd.customers if one.is_served()]
        case.check(len(late) in range(had, 4), f"{len(late)} are served by an agent of three who was away")


@fault("Q16", "message against close")
async def close_race(case: Case) -> None:
    """A user's message and the agent's close meet: the message is in the log or refused, never lost."""
    async with case.people(1, 1, echo=False) as crowd:
        user, clerk = crowd.customers[0], crowd.clerks[0]
        for number in range(case.times(15, 500)):
            await user.start()
            await user.served()
            close = clerk.do("close_conversation", CloseConversation(conversation=user.conversation))
            posted, _ = await asyncio.gather(user.say(user.conversation, f"last word {number}"), close)
            page = await pages(user, user.conversation)
            texts = [event["id"] for event in page if event["type"] == "message_posted"]
            closing = max(event["seq"] for event in page if event["type"] == "conversation_closed")
            if posted is not None:
                case.check(posted.id in texts and posted.seq < closing, "an acknowledged message is invisible")
            else:
                case.check(not texts, "a refused message is there")
