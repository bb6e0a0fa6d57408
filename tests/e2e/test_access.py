"""Who one is to the server: what refused attempts leave behind, in which order HTTP checks, and how staff sign in."""

import re
from typing import Any

from chatserver.operations import disable
from tests.e2e.access_cast import RANDOM
from tests.e2e.access_rows import COMMANDS, ROUTES
from tests.e2e.test_bad_input import GOOD
from tests.people import Person
from tests.serving import PASSWORD, Answer, Served

USER, AGENT, LEAD, ADMIN, AUDITOR = "user", "agent", "supervisor", "admin", "auditor"


async def house(served: Served) -> tuple[dict[str, Person], dict[str, Person], str]:
    """One of each role who has to do with a conversation, one of each who has not, and the conversation."""
    own = {USER: await served.user("lin"), AGENT: await served.available("zhou")}
    foreign = {USER: await served.user("may"), AGENT: await served.agent("meng")}
    foreign |= {role: await served.agent(role, role=role) for role in (LEAD, ADMIN, AUDITOR)}
    conversation = await served.chat(own[USER], own[AGENT])
    return own, foreign, conversation


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
    return await served.request(method, re.sub(r"\{\w+\}", conversation, path), who, **options)


async def test_every_route_asks_who_one_is(served: Served) -> None:
    headers = ["", "Bearer", "Bearer x", "Bearer a.b.c", "Visitor nobody", "Visitor ", "Basic YTpi"]
    for route in ROUTES:
        for value in headers:
            answer = await ask(served, route, None, headers={"Authorization": value} if value else {})
            assert (answer.status, answer.body["error"]["code"]) == (401, "unauthenticated"), (route, value)


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
