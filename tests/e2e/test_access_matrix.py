"""Every command and route the server has × everybody who may come × own, foreign and random ids."""

import io
import re
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from chatserver import surface
from chatserver.operations import disable
from tests.e2e.access_cast import RANDOM, Cast, cast_of, expected
from tests.e2e.access_rows import COMMANDS, EVERYBODY, OPEN, READERS, RELATED, ROUTES, SEE_ALL, Row
from tests.e2e.conftest import Serve
from tests.e2e.test_bad_input import GOOD
from tests.people import Person, Refused
from tests.serving import Served

ABOUT_WHO_ASKS: Final = {"forbidden", "not_found", "not_assigned", "unauthenticated"}
TRIES: Final = 60
SAME_TIME_MS: Final = 10.0

Answer = dict[str, Any] | None
"""The error that came, None if none did."""
Ask = Callable[[Person, str], Awaitable[Answer]]


@pytest.fixture
async def served(serve: Serve) -> Served:
    """The product, whose agents have as long for an offer and their first reply as the whole matrix takes."""
    return await serve(offer_s=3_600, first_reply_s=3_600)


async def served_paths(serve: Serve) -> set[str]:
    served = await serve(demo=True)
    return {
        f"{route.method} {route.resource.canonical}"
        for route in served.app.web.router.routes()
        if route.method != "HEAD" and route.resource is not None
    }


async def test_every_command_and_every_route_of_the_running_server_has_its_row(serve: Serve) -> None:
    served = await serve()
    assert COMMANDS.keys() == served.app.registry.specs.keys()
    assert not OPEN & ROUTES.keys()


async def test_every_path_that_answers_has_its_row(serve: Serve) -> None:
    assert await served_paths(serve) == ROUTES.keys() | OPEN
    declared_open = {f"{one.method} {one.path}" for one in surface.routes() if one.roles is None}
    assert declared_open <= OPEN


def command_of(name: str) -> Ask:
    async def ask(person: Person, conversation: str) -> Answer:
        body = GOOD[name] | ({"conversation": conversation} if "conversation" in GOOD[name] else {})
        return (await person.reply(name, body)).get("error")

    return ask


def filled(path: str, conversation: str) -> str:
    """The path with an id of a conversation, and ids that are made up for everything else."""
    return re.sub(r"\{\w+\}", RANDOM, path.replace("{id}", conversation))


def route_of(served: Served, name: str, row: Row) -> Ask:
    async def ask(person: Person, conversation: str) -> Answer:
        method, _, path = name.partition(" ")
        options: dict[str, Any] = {} if row.json is None else {"json": row.json}
        options["headers"] = {"Origin": served.address}  # as a page of ours asks
        if row.file:
            options["data"] = {"file": io.BytesIO(b"a log")}
        path = filled(path.replace("{item}", row.item or RANDOM), conversation)
        answer = await served.request(method, path, person, params=row.query, **options)
        assert answer.status != 400, (name, answer.body)
        return answer.body["error"] if answer.status >= 400 else None

    return ask


async def wrong_cells(cast: Cast, name: str, row: Row, ask: Ask) -> list[tuple[str, str, str, str, Any]]:
    """What came out differently: who, on which id, what was expected, what came."""
    wrong = []
    for actor in sorted(EVERYBODY):
        person, own = await cast.scene_for(actor, row)
        errors = {
            which: await ask(person, conversation)
            for which, conversation in (("random", RANDOM), ("foreign", cast.foreign), ("own", own))
        }
        for which, error in errors.items():
            code = error["code"] if error and error["code"] in ABOUT_WHO_ASKS and name != "renew" else ""
            if code != expected(actor, row, which):
                wrong.append((name, actor, which, expected(actor, row, which), error))
        if actor not in SEE_ALL and row.needs and errors["foreign"] != errors["random"]:
            wrong.append((name, actor, "told apart", "", errors))
    return wrong


@pytest.mark.timeout(400)
async def test_a_command_does_for_everybody_what_they_may(served: Served) -> None:
    cast = await cast_of(served)
    wrong = [cell for name, row in COMMANDS.items() for cell in await wrong_cells(cast, name, row, command_of(name))]
    assert wrong == []


@pytest.mark.timeout(400)
async def test_a_route_answers_everybody_what_they_may(served: Served) -> None:
    cast = await cast_of(served)
    wrong = []
    for name, row in ROUTES.items():
        wrong += await wrong_cells(cast, name, row, route_of(served, name, row))
    assert wrong == []


async def test_a_list_holds_what_one_may_know_and_no_more(served: Served) -> None:
    cast = await cast_of(served)
    for actor in sorted(READERS):
        person, own = await cast.scene(actor)
        listed = {one["id"] for one in (await served.get("/api/v1/conversations", person)).body["conversations"]}
        assert (own in listed) == (actor in RELATED), actor
        assert (cast.foreign in listed) == (actor in SEE_ALL), actor


async def test_who_is_revoked_gets_in_nowhere(served: Served) -> None:
    cast = await cast_of(served)
    gone = await served.agent("gone")
    await disable(served.app.settings, "gone@x.io")
    await gone.gone()
    for name in ROUTES:
        method, _, path = name.partition(" ")
        answer = await served.request(method, filled(path, cast.foreign), gone)
        assert (answer.status, answer.body["error"]["code"]) == (401, "unauthenticated"), name
    with pytest.raises(Refused, match="unauthenticated"):
        await served.agent("gone")


async def test_nobody_can_tell_a_foreign_from_a_random_id_by_the_time(served: Served) -> None:
    cast = await cast_of(served)
    owner, _ = await cast.scene("owner")
    asks = {name: command_of(name) for name in ("sync", "send_message", "close_conversation")}
    asks |= {name: route_of(served, name, row) for name, row in ROUTES.items() if row.needs == "read"}
    for name, ask in asks.items():
        took: dict[str, list[float]] = {RANDOM: [], cast.foreign: []}
        for _ in range(TRIES):
            for conversation, times in took.items():
                before = time.perf_counter()
                await ask(owner, conversation)
                times.append((time.perf_counter() - before) * 1_000)
        unknown, foreign = (statistics.median(times) for times in took.values())
        assert abs(unknown - foreign) < SAME_TIME_MS, name
