"""The client against a server that does what the test tells it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from chatserver.client import ChatError, Client, Durable, Event, Habits, WireError
from chatserver.conversation.messages import SendMessage, StartConversation, Sync
from tests.unit.client.scripted_server import Visit, listed, message, serving, told, welcome

SWIFT = Habits(backoff_s=lambda attempt: 0.0, deadline_s=10.0)
USER = {"as": "user", "token": "t"}
POSTED = {"id": "c1-1", "seq": 1, "at": 5, "duplicate": False}


def say(text: str, key: str = "k1") -> SendMessage:
    return SendMessage(conversation="c1", key=key, text=text)


def conversation(public: int, **more: Any) -> dict[str, Any]:
    base = {"id": "c1", "status": "active", "tier": 1, "epoch": 1, "topic": "", "heads": {"public": public}}
    return {**base, **more}


async def idle(visit: Visit) -> None:
    await visit.greet()
    await visit.stay()


def of_type(name: str) -> Callable[[Event], bool]:
    return lambda event: event.type == name


async def test_a_command_has_a_typed_result() -> None:
    async def script(visit: Visit) -> None:
        await visit.greet()
        assert visit.auth == USER
        number, name, body = await visit.command()
        assert (name, body) == ("send_message", {"conversation": "c1", "key": "k1", "text": "hi", "attachments": []})
        await visit.ack(number, **POSTED)
        await visit.stay()

    async with serving(script) as url, Client.connect(url, auth=USER, habits=SWIFT) as client:
        posted = await client.command(say("hi"))
        assert (posted.seq, posted.duplicate) == (1, False)
        assert client.session.role == "user"
        assert client.connected


async def test_a_refused_connect_raises_its_code_at_once() -> None:
    async def script(visit: Visit) -> None:
        await visit.say('0{"sid":"s","pingInterval":1000,"pingTimeout":1000}')
        await visit.hear()
        await visit.say('44{"message":"Sign in again.","data":{"code":"unauthenticated"}}')
        await visit.stay()

    async with serving(script) as url:
        with pytest.raises(ChatError) as caught:
            async with Client.connect(url, auth=USER, habits=SWIFT):
                pass
        assert caught.value.code == "unauthenticated"


async def test_a_draining_server_is_asked_again() -> None:
    async def draining(visit: Visit) -> None:
        await visit.say('0{"sid":"s","pingInterval":1000,"pingTimeout":1000}')
        await visit.hear()
        await visit.say('44{"message":"Draining.","data":{"code":"retry"}}')

    async with serving(draining, idle) as url, Client.connect(url, auth=USER, habits=SWIFT) as client:
        assert client.connects == 1


async def test_nobody_there_is_a_connection_error_after_the_deadline() -> None:
    habits = Habits(backoff_s=lambda attempt: 0.01, deadline_s=0.05)
    with pytest.raises(ConnectionError):
        async with Client.connect("http://127.0.0.1:1", auth=USER, habits=habits):
            pass


@pytest.mark.parametrize("code", ["retry", "storage"])
async def test_what_was_not_decided_is_sent_again_with_the_same_key(code: str) -> None:
    async def script(visit: Visit) -> None:
        await visit.greet()
        number, _, first = await visit.command()
        await visit.refuse(number, code, retry_after_ms=1)
        number, _, second = await visit.command()
        assert first == second
        await visit.ack(number, **POSTED)
        await visit.stay()

    async with serving(script) as url, Client.connect(url, auth=USER, habits=SWIFT) as client:
        assert (await client.command(say("hi"))).seq == 1


async def test_after_the_deadline_the_last_refusal_is_raised() -> None:
    async def script(visit: Visit) -> None:
        await visit.greet()
        number, _, _ = await visit.command()
        await visit.refuse(number, "storage", retry_after_ms=60_000)
        await visit.stay()

    async with serving(script) as url, Client.connect(url, auth=USER, habits=SWIFT) as client:
        with pytest.raises(ChatError) as caught:
            await client.command(say("hi"), deadline_s=0.05)
        assert caught.value.code == "storage"


async def test_a_refusal_is_not_repeated() -> None:
    async def script(visit: Visit) -> None:
        await visit.greet()
        number, _, _ = await visit.command()
        await visit.refuse(number, "too_large", field="text")
        await visit.stay()

    async with serving(script) as url, Client.connect(url, auth=USER, habits=SWIFT) as client:
        with pytest.raises(ChatError) as caught:
            await client.command(say("hi"))
        assert (caught.value.code, caught.value.field) == ("too_large", "text")


async def test_unanswered_commands_go_out_again_in_order_before_new_ones() -> None:
    heard: list[str] = []

    async def dies(visit: Visit) -> None:
        await visit.greet()
        heard.extend([(await visit.command())[2]["key"] for _ in range(2)])
        await visit.hang_up()

    async def lives(visit: Visit) -> None:
        await visit.greet()
        for _ in range(4):
            number, _, body = await visit.command()
            heard.append(body["key"])
            await visit.ack(number, **POSTED)
        await visit.stay()

    async with serving(dies, lives) as url, Client.connect(url, auth=USER, habits=SWIFT) as client:
        places = [("c1", "k1"), ("c2", "k2"), ("c1", "k3"), ("c2", "k4")]
        bodies = [SendMessage(conversation=place, key=key, text="x") for place, key in places]
        await asyncio.gather(*(client.command(body) for body in bodies))
        assert heard[:2] == ["k1", "k2"]
        assert heard[2:4] == ["k1", "k2"]
        assert sorted(heard[4:]) == ["k3", "k4"]
        assert client.connects == 2


async def test_silence_after_a_command_is_taken_for_a_lost_link() -> None:
    async def deaf(visit: Visit) -> None:
        await visit.greet()
        await visit.stay()

    async def script(visit: Visit) -> None:
        await visit.greet()
        number, _, _ = await visit.command()
        await visit.ack(number, **{**POSTED, "duplicate": True})
        await visit.stay()

    habits = Habits(backoff_s=lambda attempt: 0.0, ack_s=0.05)
    async with serving(deaf, script) as url, Client.connect(url, auth=USER, habits=habits) as client:
        assert (await client.command(say("hi"))).duplicate


async def test_a_server_that_stops_pinging_is_left() -> None:
    async def frozen(visit: Visit) -> None:
        await visit.say('0{"sid":"s","pingInterval":20,"pingTimeout":20}')
        await visit.hear()
        await visit.say('40{"sid":"s"}', welcome())
        await visit.stay()

    async with serving(frozen, idle) as url, Client.connect(url, auth=USER, habits=SWIFT) as client:
        await client.wait_for(of_type("welcome"))
        assert client.connects == 2


async def test_pings_are_answered() -> None:
    async def script(visit: Visit) -> None:
        await visit.greet()
        await visit.say("2")
        assert await visit.hear() == "3"
        await visit.say(told("weather", {}))
        await visit.stay()

    async with serving(script) as url, Client.connect(url, auth=USER, habits=SWIFT) as client:
        await client.wait_for(of_type("weather"))


async def test_a_gap_is_healed_and_events_come_once_and_in_order() -> None:
    async def script(visit: Visit) -> None:
        await visit.greet()
        await visit.say(told("message_posted", message(1)), told("message_posted", message(4)))
        number, name, body = await visit.command()
        assert (name, body["after"]) == ("sync", 1)
        await visit.say(told("message_posted", message(2)))
        await visit.ack(number, events=listed(2, 3), last=4, more=True)
        number, _, body = await visit.command()
        assert body["after"] == 4
        await visit.ack(number, events=[], last=4, more=False)
        await visit.stay()

    seen: list[int] = []
    whole = asyncio.Event()

    def on_event(event: Event) -> None:
        assert isinstance(event, Durable)
        seen.append(event.seq)
        if event.seq == 4:
            whole.set()

    async with serving(script) as url, Client.connect(url, auth=USER, habits=SWIFT, on_event=on_event) as client:
        await whole.wait()
        assert seen == [1, 2, 3, 4]
        log = client.conversation("c1").log.public
        assert (log.gaps, log.repeated, log.last) == (1, 1, 4)


async def test_heads_that_run_ahead_are_followed() -> None:
    async def script(visit: Visit) -> None:
        await visit.greet()
        await visit.say(told("heads", {"c1": {"public": 2}}))
        number, name, _ = await visit.command()
        assert name == "sync"
        await visit.ack(number, events=listed(1, 2), last=2, more=False)
        await visit.stay()

    async with serving(script) as url, Client.connect(url, auth=USER, habits=SWIFT) as client:
        event = await client.wait_for(lambda event: isinstance(event, Durable) and event.seq == 2)
        assert event.type == "message_posted"
        assert [shown.text for shown in client.conversation("c1").view.messages] == ["text 1", "text 2"]


async def test_a_returning_client_reads_on_after_what_it_knows() -> None:
    async def dies(visit: Visit) -> None:
        await visit.greet()
        await visit.say(told("message_posted", message(1)))
        await visit.hang_up()

    async def lives(visit: Visit) -> None:
        await visit.greet(welcome(conversations=[conversation(3)]))
        number, _, body = await visit.command()
        assert body["after"] == 1
        await visit.ack(number, events=listed(2, 3), last=3, more=False)
        await visit.stay()

    async with serving(dies, lives) as url, Client.connect(url, auth=USER, habits=SWIFT) as client:
        await client.wait_for(lambda event: isinstance(event, Durable) and event.seq == 3)
        assert [event.seq for event in client.conversation("c1").events] == [1, 2, 3]


async def test_an_offer_is_not_read_before_it_is_accepted() -> None:
    async def script(visit: Visit) -> None:
        await visit.greet(welcome("agent", conversations=[conversation(3, status="offered")]))
        await visit.say(told("weather", {}))
        number, name, _ = await visit.command()
        assert name == "send_message"
        await visit.ack(number, **POSTED)
        await visit.stay()

    async with serving(script) as url, Client.connect(url, auth=USER, habits=SWIFT) as client:
        await client.wait_for(of_type("weather"))
        await client.command(say("hi"))


async def test_a_log_that_may_not_be_read_disturbs_nothing() -> None:
    async def script(visit: Visit) -> None:
        await visit.greet()
        await visit.say(told("heads", {"c1": {"public": 2}}))
        number, _, _ = await visit.command()
        await visit.refuse(number, "not_assigned")
        await visit.say(told("weather", {}))
        await visit.stay()

    async with serving(script) as url, Client.connect(url, auth=USER, habits=SWIFT) as client:
        await client.wait_for(of_type("weather"))
        assert client.connected


async def test_an_anonymous_user_comes_back_with_the_key_of_the_first_welcome() -> None:
    async def dies(visit: Visit) -> None:
        await visit.greet(welcome(visitor="v-1"))
        assert visit.auth == {"as": "user"}
        await visit.hang_up()

    async def lives(visit: Visit) -> None:
        await visit.greet()
        assert visit.auth == {"as": "user", "visitor": "v-1"}
        await visit.stay()

    async with serving(dies, lives) as url, Client.connect(url, auth={"as": "user"}, habits=SWIFT) as client:
        await client.wait_for(of_type("welcome"))


async def test_reconnect_soon_is_followed_without_a_pause() -> None:
    async def leaving(visit: Visit) -> None:
        await visit.greet()
        await visit.say(told("reconnect_soon", {"in_ms": 1}))
        await visit.stay()

    never = Habits(backoff_s=lambda attempt: 3_600.0)
    async with serving(leaving, idle) as url, Client.connect(url, auth=USER, habits=never) as client:
        await client.wait_for(of_type("welcome"))


async def test_an_expiring_token_is_renewed_from_its_source() -> None:
    tokens = iter(("first", "second"))
    renewed = asyncio.Event()

    async def script(visit: Visit) -> None:
        await visit.greet()
        assert visit.auth["token"] == "first"
        await visit.say(told("auth_expiring", {"in_ms": 60_000}))
        number, name, body = await visit.command()
        assert (name, body) == ("renew", {"token": "second"})
        await visit.ack(number, expires_in=300)
        renewed.set()
        await visit.stay()

    async def source() -> dict[str, str]:
        return {"as": "user", "token": next(tokens)}

    async with serving(script) as url, Client.connect(url, auth=source, habits=SWIFT):
        await renewed.wait()


async def test_a_server_that_breaks_the_contract_ends_the_client_loudly() -> None:
    async def script(visit: Visit) -> None:
        await visit.greet()
        await visit.command()
        await visit.say('45["binary",{}]')
        await visit.stay()

    async with serving(script) as url, Client.connect(url, auth=USER, habits=SWIFT) as client:
        with pytest.raises(WireError):
            await client.command(say("hi"))
        with pytest.raises(WireError):
            await client.wait_for(of_type("anything"))
        with pytest.raises(WireError):
            await client.command(Sync(conversation="c1", after=0))


async def test_closing_ends_what_is_under_way() -> None:
    async with serving(idle) as url:
        async with Client.connect(url, auth=USER, habits=SWIFT) as client:
            waiting = asyncio.ensure_future(client.command(StartConversation(key="k")))
            await asyncio.sleep(0)
        with pytest.raises(ConnectionError):
            await waiting
        assert [event async for event in client.events()] == []


async def test_a_cancelled_command_lets_the_next_one_go() -> None:
    received = asyncio.Event()

    async def script(visit: Visit) -> None:
        await visit.greet()
        await visit.command()
        received.set()
        number, _, body = await visit.command()
        assert body["key"] == "k2"
        await visit.ack(number, **POSTED)
        await visit.stay()

    async with serving(script) as url, Client.connect(url, auth=USER, habits=SWIFT) as client:
        first = asyncio.ensure_future(client.command(say("one", "k1")))
        second = asyncio.ensure_future(client.command(say("two", "k2")))
        await received.wait()
        first.cancel()
        assert (await second).seq == 1


async def test_raw_frames_go_out_and_are_seen_as_they_are() -> None:
    async def script(visit: Visit) -> None:
        await visit.greet()
        assert await visit.hear() == "42nonsense"
        await visit.say(told("weather", {}))
        await visit.stay()

    frames: list[str] = []
    async with serving(script) as url, Client.connect(url, auth=USER, habits=SWIFT) as client:
        client.on_frame(frames.append)
        await client.send_raw("42nonsense")
        await client.wait_for(of_type("weather"))
        assert frames == ['42["weather",{}]']


async def test_a_lost_link_is_replaced() -> None:
    async with serving(idle) as url, Client.connect([url], auth=USER, habits=SWIFT) as client:
        client.drop_link()
        await client.wait_for(of_type("welcome"))
        assert client.connects == 2
