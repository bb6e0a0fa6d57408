"""Who may do what with whose conversation: every command and every route, every role, own, foreign and random ids.

A command or route without its row here fails.
"""

import asyncio
from typing import Any, Final

import pytest

from chatserver import surface
from chatserver.operations import disable
from tests.e2e.test_bad_input import GOOD
from tests.people import Person
from tests.serving import PASSWORD, Answer, Served

RANDOM: Final = "c_9hVtYtZ6m3aP3nCkq3v4Yb"

USER, AGENT, LEAD, ADMIN, AUDITOR = "user", "agent", "supervisor", "admin", "auditor"
AGENTS, BOTH, STAFF = {AGENT, LEAD}, {USER, AGENT, LEAD}, {AGENT, LEAD, ADMIN, AUDITOR}
EVERYBODY = STAFF | {USER}

COMMANDS: Final[dict[str, set[str]]] = {
    "start_conversation": {USER},
    "request_agent": {USER},
    "cancel_waiting": {USER},
    "send_message": BOTH,
    "add_note": AGENTS,
    "sync": BOTH,
    "mark_read": BOTH,
    "typing": BOTH,
    "set_presence": AGENTS,
    "accept_offer": AGENTS,
    "decline_offer": AGENTS,
    "hand_off": AGENTS,
    "take_back": AGENTS,
    "transfer": AGENTS,
    "join_conversation": {LEAD},
    "leave_conversation": {LEAD},
    "close_conversation": BOTH,
    "reopen_conversation": AGENTS,
    "renew": EVERYBODY,
    "rate_conversation": {USER},
}
"""Who may send a command, as the contract's table says."""

ROUTES: Final[dict[str, set[str] | None]] = {
    "POST /api/v1/sign-in": None,
    "POST /api/v1/refresh": None,
    "POST /api/v1/sign-out": None,
    "GET /api/v1/me": STAFF,
    "GET /api/v1/conversations": EVERYBODY - {ADMIN},
    "GET /api/v1/conversations/{id}": EVERYBODY - {ADMIN},
    "GET /api/v1/conversations/{id}/transcript": EVERYBODY - {ADMIN},
    "GET /api/v1/conversations/{id}/routing": {AGENT, LEAD, AUDITOR},
    "GET /api/v1/agents": STAFF,
    "GET /api/v1/desk/lanes": STAFF,
    "GET /api/v1/desk/estimates": STAFF,
    "GET /api/v1/topics": None,
}
"""Who may ask a route; None is open to everybody."""

SEES_ALL: Final = {LEAD, AUDITOR}


async def house(served: Served) -> tuple[dict[str, Person], dict[str, Person], str]:
    """One of each role who has to do with a conversation, one of each who has not, and the conversation."""
    own = {USER: await served.user("lin"), AGENT: await served.available("zhou")}
    foreign = {USER: await served.user("may"), AGENT: await served.agent("meng")}
    foreign |= {role: await served.agent(role, role=role) for role in (LEAD, ADMIN, AUDITOR)}
    conversation = await served.chat(own[USER], own[AGENT])
    return own, foreign, conversation


def test_every_command_and_every_route_has_its_row() -> None:
    assert COMMANDS.keys() == surface.commands().keys()
    assert ROUTES.keys() == {f"{route.method} {route.path}" for route in surface.routes()}


@pytest.mark.parametrize("command", sorted(COMMANDS))
async def test_a_command_works_for_its_roles_on_what_they_may_see(served: Served, command: str) -> None:
    own, foreign, conversation = await house(served)
    body = GOOD[command]
    about_one = "conversation" in body
    for role, person in foreign.items():
        code = await refused_with(person, command, body | ({"conversation": conversation} if about_one else {}))
        if role not in COMMANDS[command]:
            assert code == "forbidden", role
        elif about_one and role not in SEES_ALL:
            assert code == "not_found", role
        else:
            assert code not in {"forbidden", "not_found"}, role
        if about_one and role in COMMANDS[command]:
            assert await refused_with(person, command, body | {"conversation": RANDOM}) == "not_found", role
    for role, person in own.items():
        code = await refused_with(person, command, body | ({"conversation": conversation} if about_one else {}))
        expected = {"forbidden"} if role not in COMMANDS[command] else ALLOWED_OUTCOMES
        assert code in expected, (role, code)


ALLOWED_OUTCOMES: Final = {
    None,
    "conflict",
    "not_assigned",
    "offer_expired",
    "closed",
    "unauthenticated",  # the token that `renew` is tried with
    "invalid",  # the agent whom nobody knows
}
"""What may come of a command that one may send about a conversation that one may see."""


async def refused_with(person: Person, command: str, body: dict[str, Any]) -> str | None:
    reply = await person.reply(command, body)
    return None if reply["ok"] else str(reply["error"]["code"])


async def test_nothing_that_strangers_tried_left_a_trace(served: Served) -> None:
    own, foreign, conversation = await house(served)
    before = await own[AGENT].log(conversation), await own[AGENT].log(conversation, "internal")
    for command in COMMANDS:
        if "conversation" in GOOD[command]:
            for role in (USER, AGENT, ADMIN, AUDITOR):
                await foreign[role].reply(command, GOOD[command] | {"conversation": conversation, "key": "k"})
    assert (await own[AGENT].log(conversation), await own[AGENT].log(conversation, "internal")) == before
    for person in foreign.values():
        await person.told()
        assert {name for name, _ in person.heard} <= {"welcome", "presence"}


async def ask(served: Served, route: str, who: Person | None, conversation: str = RANDOM, **options: Any) -> Answer:
    method, _, path = route.partition(" ")
    if method == "POST":
        options = {"json": {}, **options}
    return await served.request(method, path.replace("{id}", conversation), who, **options)


@pytest.mark.parametrize("route", sorted(ROUTES))
async def test_a_route_answers_its_roles_about_what_they_may_see(served: Served, route: str) -> None:
    own, foreign, conversation = await house(served)
    roles, about_one = ROUTES[route], "{id}" in route
    if roles is None:
        assert (await ask(served, route, None)).status in {200, 400}
        return
    for role, person in foreign.items():
        answer = await ask(served, route, person, conversation)
        if role not in roles:
            assert (answer.status, answer.body["error"]["code"]) == (403, "forbidden"), role
        elif about_one and role not in SEES_ALL:
            assert (answer.status, answer.body["error"]["code"]) == (404, "not_found"), role
            assert answer.body == (await ask(served, route, person, RANDOM)).body
        else:
            assert answer.status == 200, role
    for role, person in own.items():
        assert (await ask(served, route, person, conversation)).status == (200 if role in roles else 403), role


@pytest.mark.parametrize("route", sorted(route for route, roles in ROUTES.items() if roles is not None))
async def test_a_route_asks_who_one_is(served: Served, route: str) -> None:
    gone = await served.agent("gone")
    await disable(served.app.settings, "gone@x.io")
    headers = ["", "Bearer", "Bearer x", "Bearer a.b.c", "Visitor nobody", "Visitor ", "Basic YTpi", gone.token]
    answers = await asyncio.gather(
        *(ask(served, route, None, headers={"Authorization": value} if value else {}) for value in headers)
    )
    for answer in answers[:-1]:
        assert (answer.status, answer.body["error"]["code"]) == (401, "unauthenticated")
    await gone.gone()
    assert (await ask(served, route, gone)).status == 401


async def test_a_route_looks_at_the_role_before_the_question_and_at_the_question_before_the_id(served: Served) -> None:
    own, foreign, conversation = await house(served)
    for path in (f"/api/v1/conversations/{conversation}/transcript", "/api/v1/conversations"):
        for question in ({"unknown": "1"}, {"limit": "x"}, {"format": "pdf"}):
            answer = await served.get(path, foreign[ADMIN], **question)
            assert (answer.status, answer.body["error"]["code"]) == (403, "forbidden")
            answer = await served.get(path, foreign[USER], **question)
            assert (answer.status, answer.body["error"]["code"]) == (400, "invalid")
            assert answer.body["error"]["field"] == next(iter(question))
    assert own[USER].here


async def test_a_sign_in_is_the_same_401_whatever_is_wrong_and_a_wrong_shape_a_400(served: Served) -> None:
    await served.account("zhou")
    await served.account("gone")
    await disable(served.app.settings, "gone@x.io")
    wrong = [
        {"email": "zhou@x.io", "password": "wrong"},
        {"email": "nobody@x.io", "password": PASSWORD},
        {"email": "gone@x.io", "password": PASSWORD},
        {"email": "zhou@x.io", "password": PASSWORD + " "},
    ]
    answers = [await served.post("/api/v1/sign-in", body) for body in wrong]
    assert {answer.status for answer in answers} == {401}
    assert all(answer.body == answers[0].body for answer in answers)
    shapes: tuple[Any, ...] = ({}, {"email": "zhou@x.io"}, {"email": 5, "password": "x"}, [], {**wrong[0], "extra": 1})
    for body in shapes:
        answer = await served.post("/api/v1/sign-in", body)
        assert (answer.status, answer.body["error"]["code"]) == (400, "invalid")


async def test_a_refresh_token_is_good_once_and_a_second_use_ends_the_sign_in(served: Served) -> None:
    await served.account("zhou")
    signed_in = (await served.post("/api/v1/sign-in", {"email": "ZHOU@x.io", "password": PASSWORD})).body
    assert signed_in.keys() == {"access_token", "refresh_token", "expires_in", "agent"}
    assert signed_in["agent"]["id"] == served.accounts["zhou"].id
    first = {"refresh_token": signed_in["refresh_token"]}
    renewed = await served.post("/api/v1/refresh", first)
    assert renewed.body.keys() == signed_in.keys()
    token = {"Authorization": f"Bearer {renewed.body['access_token']}"}
    assert (await served.request("GET", "/api/v1/me", headers=token)).status == 200
    assert (await served.post("/api/v1/refresh", first)).status == 401
    second = {"refresh_token": renewed.body["refresh_token"]}
    assert (await served.post("/api/v1/refresh", second)).status == 401
    served.clock.turn(seconds=3)
    assert (await served.request("GET", "/api/v1/me", headers=token)).status == 401


async def test_who_signs_out_is_out(served: Served) -> None:
    await served.account("zhou")
    signed_in = (await served.post("/api/v1/sign-in", {"email": "zhou@x.io", "password": PASSWORD})).body
    socket = await served.connect({"as": "agent", "token": signed_in["access_token"]})
    assert socket.id == served.accounts["zhou"].id
    refresh = {"refresh_token": signed_in["refresh_token"]}
    assert (await served.post("/api/v1/sign-out", refresh)).status == 200
    assert (await served.post("/api/v1/refresh", refresh)).status == 401
    served.clock.turn(seconds=3)
    token = {"Authorization": f"Bearer {signed_in['access_token']}"}
    assert (await served.request("GET", "/api/v1/me", headers=token)).status == 401
