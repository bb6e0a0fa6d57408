"""Two processes on one SQL and one Redis: every socket gets every event once, in order, wherever it was committed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chatserver.conversation.events import (
    AgentAssigned,
    ConversationClosed,
    ConversationRated,
    ConversationReopened,
    ConversationStarted,
    HandedOff,
    MessagePosted,
    NoteAdded,
    Queued,
    SupervisorJoined,
    SupervisorLeft,
)
from chatserver.infra import hub as hub_module
from chatserver.infra import hub_store
from tests.hub_house import AMY, EVE, LIN, MAY, SUE, Process, Processes, Socket, in_order, info, processes

STARTED = ConversationStarted(topic="", locale="en")
QUEUED = Queued(tier=1, priority=0, reason="requested")
CLOSED = ConversationClosed(disposition=None)
SERVED = (STARTED, QUEUED, AgentAssigned(agent=info(AMY)))


@pytest.fixture
async def house(sqlite_url: str, redis_url: str) -> AsyncIterator[Processes]:
    async with processes(sqlite_url, redis_url) as made:
        yield made


@pytest.fixture
async def here(house: Processes) -> AsyncIterator[Process]:
    async with house.one("p_here") as made:
        yield made


@pytest.fixture
async def there(house: Processes) -> AsyncIterator[Process]:
    async with house.one("p_there") as made:
        yield made


@pytest.fixture
def quick_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tick that comes at once; for those who cannot hear hints."""
    monkeypatch.setattr(hub_module, "TICK_S", 0.05)


@pytest.fixture
def slow_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No tick within a test: whatever arrives, arrived by a hint."""
    monkeypatch.setattr(hub_module, "TICK_S", 3_600.0)


@pytest.fixture
def quick_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heads that are told again and again."""
    monkeypatch.setattr(hub_module, "HEADS_EVERY_S", 0.05)


async def chat(here: Process, there: Process) -> tuple[Socket, Socket]:
    """Lin on one process and Amy on the other, in the conversation `c_1`."""
    await here.start("c_1", LIN, *SERVED, silently=True)
    lin, amy = await here.socket(LIN, "c_1"), await there.socket(AMY, "c_1")
    await here.hears("in:c_1", 1 if here is there else 2)
    return lin, amy


# --- once, in order ---


async def test_whatever_is_committed_anywhere_arrives_everywhere_once_and_in_order(
    slow_tick: None, database_url: str, redis_url: str
) -> None:
    async with (
        processes(database_url, redis_url) as house,
        house.one("p_1") as one,
        house.one("p_2") as two,
        house.one("p_3") as three,
    ):
        lin, amy = await chat(one, two)
        other_device = await three.socket(LIN, "c_1")
        await three.hears("in:c_1", 3)
        talkers = [(one, LIN), (two, AMY), (three, LIN)]

        async def talk(process: Process, who: Any) -> None:
            for number in range(30):
                await process.say("c_1", who, f"{number}")

        await asyncio.gather(*(talk(*talker) for talker in talkers))
        for socket in (lin, amy, other_device):
            await socket.reaches("c_1", 93)
            assert in_order(socket.log("c_1"), 93, first=4)


async def test_rows_that_are_told_out_of_order_are_delivered_in_order(here: Process) -> None:
    await here.start("c_1", LIN, *SERVED, silently=True)
    lin = await here.socket(LIN, "c_1")
    told = [await here.commit_silently("c_1", AMY, MessagePosted(text=f"{number}")) for number in range(6)]
    for place in (1, 0, 5, 4, 2, 3):
        here.hub.tell(told[place])
    await lin.reaches("c_1", 9)
    assert in_order(lin.log("c_1"), 9, first=4)


async def test_an_older_state_told_late_does_not_bring_back_who_has_left(here: Process) -> None:
    await here.start("c_1", LIN, *SERVED, silently=True)
    lin, amy = await here.socket(LIN, "c_1"), await here.socket(AMY, "c_1")
    message = await here.commit_silently("c_1", AMY, MessagePosted(text="bye"))
    handed = await here.commit_silently("c_1", AMY, HandedOff(from_tier=1, to_tier=2, reason="logs"))
    taken = await here.commit_silently("c_1", EVE, AgentAssigned(agent=info(EVE)))
    for appended in (message, taken, handed):
        here.hub.tell(appended)
    await lin.reaches("c_1", 6)
    await here.say("c_1", LIN, "hello Eve")
    await lin.reaches("c_1", 7)
    assert in_order(lin.log("c_1"), 7, first=4)
    assert in_order(amy.log("c_1"), 6, first=4)


async def test_one_that_cannot_be_read_keeps_the_others_from_nothing(
    slow_tick: None, here: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_after, asked = hub_store.read_after, list[set[str]]()

    def read(conn: Any, delivered: Any) -> Any:
        asked.append(set(delivered))
        if "c_2" in delivered:
            raise ValueError("unreadable")
        return read_after(conn, delivered)

    await here.start("c_1", LIN, *SERVED, silently=True)
    await here.start("c_2", MAY, *SERVED, silently=True)
    lin = await here.socket(LIN, "c_1")
    await here.socket(MAY, "c_2")
    monkeypatch.setattr(hub_module, "read_after", read)
    later = []
    for name in ("c_1", "c_2"):
        await here.commit_silently(name, AMY, MessagePosted(text="first"))
        later.append(await here.commit_silently(name, AMY, MessagePosted(text="second")))
    for appended in later:  # what came before them is to be read
        here.hub.tell(appended)
    await lin.reaches("c_1", 5)
    assert in_order(lin.log("c_1"), 5, first=4)
    assert asked[0] == {"c_1", "c_2"}, "read together at first"


async def test_a_long_gap_is_caught_up_page_by_page_to_the_end(here: Process, there: Process) -> None:
    lin, amy = await chat(here, there)
    crowd = [MessagePosted(text=f"{number}") for number in range(450)]
    notes = [NoteAdded(text=f"{number}") for number in range(250)]
    await here.commit_silently("c_1", AMY, *crowd, *notes)
    await here.commit("c_1", AMY, CLOSED)
    for socket in (lin, amy):
        await socket.reaches("c_1", 454)
        assert in_order(socket.log("c_1"), 454, first=4)
    await amy.reaches("c_1", 250, "internal")
    assert in_order(amy.log("c_1", "internal"), 250)


async def test_whoever_is_a_party_at_an_event_is_told_it_however_late_it_is_read(
    slow_tick: None, here: Process, there: Process
) -> None:
    lin, amy = await chat(here, there)
    eve = await there.socket(EVE)
    many = [MessagePosted(text=f"{number}") for number in range(150)]
    handed, taken = HandedOff(from_tier=1, to_tier=2, reason="logs"), AgentAssigned(agent=info(EVE))
    await here.commit("c_1", AMY, *many, handed, taken, *many)
    for socket, first, last in ((lin, 4, 305), (amy, 4, 155), (eve, 155, 305)):
        await socket.reaches("c_1", last)
        assert in_order(socket.log("c_1"), last, first)


# --- when hints are lost ---


async def test_a_tick_finds_what_no_hint_told(quick_tick: None, house: Processes) -> None:
    async with house.one("p_here", hints=False) as here, house.one("p_there", hints=False) as there:
        await here.start("c_1", LIN, *SERVED, silently=True)
        lin, amy = await here.socket(LIN, "c_1"), await there.socket(AMY, "c_1")
        for number in range(3):
            await here.say("c_1", LIN, f"{number}")
            await there.say("c_1", AMY, f"{number}")
        await there.commit("c_1", AMY, NoteAdded(text="a note alone"))
        for socket in (lin, amy):
            await socket.reaches("c_1", 9)
            assert in_order(socket.log("c_1"), 9, first=4)
        await there.commit("c_1", AMY, HandedOff(from_tier=1, to_tier=2, reason="logs"), NoteAdded(text="more"))
        await amy.reaches("c_1", 2, "internal")
        await lin.reaches("c_1", 10)


async def test_a_tick_finds_a_conversation_that_a_party_has_got_elsewhere(quick_tick: None, house: Processes) -> None:
    async with house.one("p_here", hints=False) as here, house.one("p_there", hints=False) as there:
        lin, amy = await there.socket(LIN), await there.socket(AMY)
        await here.start("c_1", LIN, STARTED, MessagePosted(text="help"), QUEUED)
        await lin.reaches("c_1", 3)
        await here.commit("c_1", AMY, AgentAssigned(agent=info(AMY)))
        await amy.reaches("c_1", 4)
        await here.say("c_1", LIN, "hello")
        for socket in (lin, amy):
            await socket.reaches("c_1", 5)
        assert in_order(lin.log("c_1"), 5)
        assert in_order(amy.log("c_1"), 5, first=4)


async def test_what_is_committed_here_brings_along_what_was_missed_before(slow_tick: None, house: Processes) -> None:
    async with house.one("p_here", hints=False) as here, house.one("p_there", hints=False) as there:
        lin, amy = await there.socket(LIN), await there.socket(AMY)
        await here.start("c_1", LIN, STARTED, MessagePosted(text="help"), QUEUED)
        await here.commit("c_1", AMY, AgentAssigned(agent=info(AMY)))
        await there.say("c_1", LIN, "anybody?")
        for socket, first in ((lin, 1), (amy, 4)):
            await socket.reaches("c_1", 5)
            assert in_order(socket.log("c_1"), 5, first)


async def test_an_agent_alone_is_found_by_the_tick_from_the_assignment_on(quick_tick: None, house: Processes) -> None:
    async with house.one("p_here", hints=False) as here, house.one("p_there", hints=False) as there:
        amy = await there.socket(AMY)
        await here.start("c_1", LIN, STARTED, MessagePosted(text="help"), QUEUED)
        await here.commit("c_1", AMY, AgentAssigned(agent=info(AMY)))
        await amy.reaches("c_1", 4)
        assert amy.log("c_1") == [4]


async def test_a_tick_tells_nothing_to_whom_the_welcome_will_tell_it(quick_tick: None, house: Processes) -> None:
    async with house.one("p_here", hints=False) as here:
        await here.start("c_1", LIN, *SERVED, silently=True)
        lin = Socket(LIN)
        here.connections.add(lin.connection, lin.session)  # signed in, not welcomed yet
        amy = await here.socket(AMY)
        await here.start("c_2", MAY, *SERVED)
        await amy.reaches("c_2", 3)
        assert lin.log("c_1") == []


# --- who is new ---


async def test_an_agent_on_another_process_hears_from_the_assignment_on(
    slow_tick: None, here: Process, there: Process
) -> None:
    lin, amy, eve = await here.socket(LIN), await there.socket(AMY), await there.socket(EVE)
    for one in (AMY, EVE):
        await there.hears(f"to:{one.identity}")
    await here.start("c_1", LIN, STARTED, MessagePosted(text="help"), QUEUED)
    await here.commit("c_1", AMY, AgentAssigned(agent=info(AMY)))
    await amy.reaches("c_1", 4)
    await there.commit("c_1", AMY, HandedOff(from_tier=1, to_tier=2, reason="logs"), NoteAdded(text="see 2"))
    await here.commit("c_1", EVE, AgentAssigned(agent=info(EVE)))
    await there.say("c_1", EVE, "hello")
    for socket, first, last in ((lin, 1, 7), (eve, 6, 7), (amy, 4, 6)):
        await socket.reaches("c_1", last)
        assert in_order(socket.log("c_1"), last, first)


async def test_the_user_s_other_device_hears_of_a_conversation_begun_here(
    slow_tick: None, here: Process, there: Process
) -> None:
    other_device = await there.socket(LIN)
    stranger = await there.socket(MAY)
    await there.hears("to:user:u_lin")
    await here.start("c_1", LIN, STARTED, MessagePosted(text="help"))
    await other_device.reaches("c_1", 2)
    await here.say("c_1", LIN, "anybody?")
    await other_device.reaches("c_1", 3)
    assert in_order(other_device.log("c_1"), 3)
    assert stranger.heard == []


async def test_a_supervisor_hears_from_joining_to_leaving(slow_tick: None, here: Process, there: Process) -> None:
    lin, amy = await chat(here, there)
    sue = await there.socket(SUE)
    await there.hears("to:agent:a_sue")
    await here.say("c_1", LIN, "before")
    await here.commit("c_1", SUE, SupervisorJoined(agent=info(SUE)))
    await here.say("c_1", LIN, "between")
    await here.commit("c_1", SUE, SupervisorLeft(agent=info(SUE)))
    await here.say("c_1", LIN, "after")
    for socket in (lin, amy):
        await socket.reaches("c_1", 8)
    assert sue.log("c_1") == [5, 6, 7]


# --- what is for whose eyes ---


async def test_a_key_is_told_to_all_sockets_of_its_sender_and_to_nobody_else(here: Process, there: Process) -> None:
    lin, amy = await chat(here, there)
    also_lin, also_amy = await there.socket(LIN, "c_1"), await here.socket(AMY, "c_1")
    await there.say("c_1", LIN, "mine", key="k-lin")
    await here.say("c_1", AMY, "mine", key="k-amy")
    keys = {}
    for socket in (lin, also_lin, amy, also_amy):
        await socket.reaches("c_1", 5)
        keys[socket] = [body.get("key") for body in socket.bodies("message_posted")]
    assert keys[lin] == keys[also_lin] == ["k-lin", None]
    assert keys[amy] == keys[also_amy] == [None, "k-amy"]


async def test_a_namesake_of_the_sender_does_not_see_the_key(here: Process) -> None:
    agent = AMY
    user = type(LIN)("", LIN.role, agent.subject, "Lin")  # the same id, but a user
    await here.start("c_1", user, *SERVED)
    lin, amy = await here.socket(user, "c_1"), await here.socket(agent, "c_1")
    await here.say("c_1", agent, "mine", key="k-amy")
    for socket in (lin, amy):
        await socket.reaches("c_1", 4)
    assert "key" not in lin.bodies("message_posted")[0]
    assert amy.bodies("message_posted")[0]["key"] == "k-amy"


async def test_notes_and_their_numbers_are_for_agents_only(quick_heads: None, house: Processes) -> None:
    async with house.one("p_here") as here, house.one("p_there") as there:
        lin, amy = await chat(here, there)
        await there.commit("c_1", AMY, NoteAdded(text="careful"))
        await here.say("c_1", LIN, "hello")
        await amy.reaches("c_1", 1, "internal")
        await lin.reaches("c_1", 4)
        await lin.until(lambda socket: {"c_1": {"public": 4}} in socket.bodies("heads"))
        await amy.until(lambda socket: {"c_1": {"public": 4, "internal": 1}} in socket.bodies("heads"))
        assert "note_added" not in dict(lin.heard)
        assert all("internal" not in heads["c_1"] for heads in lin.bodies("heads"))


# --- the end, and after ---


async def test_what_is_closed_is_told_once_and_watched_by_nobody(
    slow_tick: None, here: Process, there: Process
) -> None:
    lin, amy = await there.socket(LIN), await there.socket(AMY)
    for who in (LIN, AMY):
        await there.hears(f"to:{who.identity}")
    for name in [f"c_{number}" for number in range(20)]:
        await here.start(name, LIN, *SERVED)
        for socket in (lin, amy):
            await socket.reaches(name, 3)
        await here.commit(name, LIN, CLOSED)
        await here.commit(name, LIN, ConversationRated(score=5))
        for socket, first in ((lin, 1), (amy, 3)):
            await socket.reaches(name, 5)
            assert in_order(socket.log(name), 5, first)
    await there.hears("in:c_19", 0)
    assert not list(there.hub._watches)
    assert not list(here.hub._watches)


async def test_a_reopened_conversation_goes_on_for_everybody_on_every_process(
    slow_tick: None, here: Process, there: Process
) -> None:
    lin, amy = await chat(here, there)
    for first in (4, 8):
        await there.commit("c_1", AMY, CLOSED)
        await lin.reaches("c_1", first)
        await there.commit("c_1", AMY, ConversationReopened(disposition=None), AgentAssigned(agent=info(AMY)))
        await here.say("c_1", LIN, "one more thing")
        for socket in (lin, amy):
            await socket.reaches("c_1", first + 3)
            assert in_order(socket.log("c_1"), first + 3, first=4)


async def test_who_leaves_takes_the_watch_and_the_channels_along(here: Process, there: Process) -> None:
    lin, amy = await chat(here, there)
    second = await there.socket(AMY, "c_1")
    amy.leave()
    await here.say("c_1", LIN, "still there?")
    await second.reaches("c_1", 4)
    second.leave()
    await there.hears("in:c_1", 1)
    await there.hears("to:agent:a_amy", 0)
    await here.say("c_1", LIN, "gone")
    await lin.reaches("c_1", 5)
    assert amy.log("c_1") == []
    assert not list(there.hub._watches)
    lin.leave()
    assert not list(here.hub._watches)
    await here.hears("in:c_1", 0)
