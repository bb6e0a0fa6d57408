"""What passes between processes without being kept: typing, presence, heads; and who is here."""

from collections.abc import AsyncIterator

import pytest

from chatserver.conversation.events import AgentAssigned, ConversationStarted, Queued
from chatserver.infra import hub as hub_module
from tests.hub_house import ADA, AMY, LIN, MAY, SUE, Process, Processes, info, processes

STARTED = ConversationStarted(topic="", locale="en")
QUEUED = Queued(tier=1, priority=0, reason="requested")
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


async def test_what_passes_reaches_every_socket_of_the_named_but_the_one_left_out(
    here: Process, there: Process
) -> None:
    sockets = [await here.socket(LIN), await here.socket(LIN), await there.socket(LIN), await there.socket(MAY)]
    await there.hears("to:user:u_lin", 2)
    first, second, elsewhere, stranger = sockets
    body = {"conversation": "c_1", "on": True}
    here.hub.pass_on(["user:u_lin"], "typing", body, but=first.session.id)
    there.hub.pass_on(["user:u_lin"], "read", body)
    for socket in (second, elsewhere):
        await socket.until(lambda socket: len(socket.heard) == 2)
        assert dict(socket.heard) == {"typing": body, "read": body}
    await first.until(lambda socket: socket.bodies("read"))
    assert first.bodies("typing") == []
    assert stranger.heard == []


async def test_what_is_for_all_agents_reaches_agents_and_supervisors_only(here: Process, there: Process) -> None:
    served = [await process.socket(who) for process in (here, there) for who in (AMY, SUE)]
    others = [await process.socket(who) for process in (here, there) for who in (LIN, ADA)]
    await there.hears("to:agents", 2)
    here.hub.pass_on(["agents"], "presence", {"status": "away"})
    for socket in served:
        await socket.until(lambda socket: socket.bodies("presence"))
    assert [socket.heard for socket in others] == [[]] * 4


async def test_who_is_here_is_known_by_name(here: Process) -> None:
    await here.start("c_1", LIN, STARTED, QUEUED)
    await here.start("c_2", MAY, *SERVED)
    for who, name in ((LIN, "c_1"), (MAY, "c_2"), (AMY, "c_2")):
        await here.socket(who, name)
    assert sorted(here.hub.users_here()) == ["u_lin", "u_may"]
    assert [head.id for head in here.hub.waiting_here()] == ["c_1"]


async def test_heads_name_what_one_is_a_party_of_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, house: Processes
) -> None:
    monkeypatch.setattr(hub_module, "HEADS_EVERY_S", 0.05)
    async with house.one("p_here") as here:
        await here.start("c_1", LIN, *SERVED, silently=True)
        await here.start("c_2", MAY, *SERVED, silently=True)
        lin, amy, sue = [await here.socket(who, "c_1", "c_2") for who in (LIN, AMY, SUE)]
        await amy.until(lambda socket: {"c_1", "c_2"} in [heads.keys() for heads in socket.bodies("heads")])
        await lin.until(lambda socket: socket.heard)
        assert {"c_1": {"public": 3}} == lin.bodies("heads")[0] == lin.bodies("heads")[-1]
        assert sue.heard == []
