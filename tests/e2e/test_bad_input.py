"""Bad input to every command: the documented code at once, and the socket lives.

The cases follow from the commands' own Structs, so a new command, field or limit has its cases at once.
"""

import asyncio
import time
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from chatserver import surface
from chatserver.core.session import Role
from chatserver.core.text import LONG_FIELDS
from tests.people import Person
from tests.serving import Served

AT_ONCE_S: Final = 2.0
"""Every refusal comes within this time."""

CONVERSATION: Final = "CONVERSATION"
"""Stands for the id of the sender's conversation."""

GOOD: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "start_conversation": ("user", {"key": "k1"}),
    "send_message": ("user", {"conversation": CONVERSATION, "key": "k1", "text": "hello"}),
    "add_note": ("agent", {"conversation": CONVERSATION, "key": "k1", "text": "hello"}),
    "sync": ("user", {"conversation": CONVERSATION, "after": 0}),
    "mark_read": ("user", {"conversation": CONVERSATION, "seq": 1}),
    "typing": ("user", {"conversation": CONVERSATION, "on": True}),
    "close_conversation": ("agent", {"conversation": CONVERSATION}),
    "rate_conversation": ("user", {"conversation": CONVERSATION, "score": 5}),
    "request_agent": ("user", {"conversation": CONVERSATION}),
    "cancel_waiting": ("user", {"conversation": CONVERSATION}),
    "accept_offer": ("agent", {"conversation": CONVERSATION, "epoch": 1}),
    "decline_offer": ("agent", {"conversation": CONVERSATION, "epoch": 1}),
    "hand_off": ("agent", {"conversation": CONVERSATION, "to_tier": 2, "reason": "logs"}),
    "take_back": ("agent", {"conversation": CONVERSATION}),
    "transfer": ("agent", {"conversation": CONVERSATION, "to_skill": "kyc"}),
    "reopen_conversation": ("agent", {"conversation": CONVERSATION}),
    "set_presence": ("agent", {"status": "available"}),
    "join_conversation": ("supervisor", {"conversation": CONVERSATION, "reason": "look"}),
    "leave_conversation": ("supervisor", {"conversation": CONVERSATION}),
    "renew": ("user", {"token": "not-a-token"}),
}
"""Who may send each command, and a body of the right shape."""

Case = tuple[str, str, dict[str, Any], str, str | None]
"""Command, what is wrong, the body, the code, and the field at fault (None: whichever)."""


def strings_of(kind: msgspec.inspect.Type) -> list[msgspec.inspect.StrType]:
    """The string type of a field, if it has one."""
    kinds = kind.types if isinstance(kind, msgspec.inspect.UnionType) else (kind,)
    kinds = tuple(one.type if isinstance(one, msgspec.inspect.Metadata) else one for one in kinds)
    return [one for one in kinds if isinstance(one, msgspec.inspect.StrType)]


def cases_of(name: str) -> Iterator[Case]:
    """Everything that can be wrong with the shape of a command."""
    body = GOOD[name][1]
    info = msgspec.inspect.type_info(surface.commands()[name].body)
    assert isinstance(info, msgspec.inspect.StructType)
    yield name, "an extra field", {**body, "extra": 1}, "invalid", "extra"
    yield name, "a polluting field", {**body, "__proto__": {"role": "admin"}}, "invalid", "__proto__"
    for field in info.fields:
        yield from cases_of_field(name, body, field)


def cases_of_field(name: str, body: dict[str, Any], field: msgspec.inspect.Field) -> Iterator[Case]:
    """Everything that can be wrong with one field."""
    at = field.encode_name
    if field.required:
        yield name, f"no {at}", {key: value for key, value in body.items() if key != at}, "invalid", at
    oddities: tuple[Any, ...] = (None, 1.5, {"a": []}, [[1]])
    for wrong in oddities:
        yield name, f"{at} is {wrong}", {**body, at: wrong}, "invalid", at
    for text in strings_of(field.type):
        for odd in ("nul \x00", "half \ud800"):
            yield name, f"{at} is {odd!r}", {**body, at: odd}, "invalid", at
        if text.max_length is not None:
            code = "too_large" if at in LONG_FIELDS else "invalid"
            yield name, f"{at} is too long", {**body, at: "x" * (text.max_length + 1)}, code, at


CASES: Final = [case for name in GOOD for case in cases_of(name)]


async def one_of_each(served: Served) -> tuple[dict[str, Person], str]:
    """A user and an agent in one conversation, and a supervisor."""
    agent = await served.available("amy", skills=("kyc",))
    user = await served.user("lin")
    conversation = await served.chat(user, agent)
    supervisor = await served.agent("lead", role="supervisor")
    return {"user": user, "agent": agent, "supervisor": supervisor}, conversation


def filled(body: dict[str, Any], conversation: str) -> dict[str, Any]:
    """The body with the conversation's id."""
    return {key: conversation if value == CONVERSATION else value for key, value in body.items()}


def test_every_command_has_its_cases() -> None:
    assert set(GOOD) == set(surface.commands())
    assert {case[0] for case in CASES} == set(GOOD)


async def test_a_body_of_the_wrong_shape_is_refused_at_once_and_the_socket_lives(served: Served) -> None:
    people, conversation = await one_of_each(served)
    wrong = []
    for command, what, body, code, field in CASES:
        started = time.monotonic()
        reply = await people[GOOD[command][0]].reply(command, filled(body, conversation))
        error = reply.get("error", {})
        if (error.get("code"), error.get("field")) != (code, field) or time.monotonic() - started > AT_ONCE_S:
            wrong.append((command, what, code, field, reply))
    assert wrong == []
    for command, (who, _) in GOOD.items():
        for not_an_object in ("text", 5, [1], None, True):
            assert (await people[who].reply(command, not_an_object))["error"]["code"] == "invalid"
    assert all(person.here for person in people.values())


async def test_a_foreign_and_an_unknown_conversation_look_the_same(served: Served) -> None:
    people, conversation = await one_of_each(served)
    strangers = {
        "user": await served.user("eve"),
        "agent": await served.agent("mallory"),
        "supervisor": people["supervisor"],
    }
    for command, (who, body) in GOOD.items():
        if "conversation" not in body:
            continue
        unknown = await strangers[who].reply(command, filled(body, "c_nothing"))
        assert unknown["error"]["code"] == "not_found", command
        if who != "supervisor":  # who sees every conversation
            assert await strangers[who].reply(command, filled(body, conversation)) == unknown, command


async def test_a_role_that_may_not_is_told_so_whatever_the_body(served: Served) -> None:
    people = [await served.user("lin")]
    people += [await served.agent(role, role=role) for role in ("agent", "supervisor", "admin", "auditor")]
    for command, spec in surface.commands().items():
        for person in people:
            role = Role(person.welcome["session"]["role"])
            if role not in spec.roles:
                assert await person.refusal(command, extra="x") == "forbidden", (command, role)


async def test_an_unknown_command_and_a_wrong_number_of_arguments_are_invalid(served: Served) -> None:
    user = await served.user("lin")
    for name in ("nonsense", "", "startConversation", "constructor", "x" * 1_000):
        assert (await user.reply(name, {}))["error"]["code"] == "invalid"
    replies: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    too_few_or_many: tuple[tuple[Any, ...], ...] = ((), ({}, {}), (1, 2, 3))
    for arguments in too_few_or_many:
        await user.client.emit("sync", arguments, callback=replies.put_nowait)
        async with asyncio.timeout(AT_ONCE_S):
            assert (await replies.get())["error"]["code"] == "invalid"
    assert user.here
