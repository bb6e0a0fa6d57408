"""Whatever is sent, the answer is the documented code; the socket lives and nothing breaks inside."""

from typing import Any, Final

import pytest

from chatserver import surface
from chatserver.core.commands import CommandSpec
from chatserver.core.session import Role
from tests.e2e.bad_bodies import bad_bodies, fits
from tests.people import SOON_S, Person
from tests.serving import Served

UNKNOWN: Final = "c_nobody-knows-this"
OUTSIDE: Final = (Role.USER, Role.AGENT, Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)

GOOD: Final[dict[str, dict[str, Any]]] = {
    "start_conversation": {"key": "k"},
    "request_agent": {"conversation": UNKNOWN},
    "cancel_waiting": {"conversation": UNKNOWN},
    "send_message": {"conversation": UNKNOWN, "key": "k", "text": "hello"},
    "add_note": {"conversation": UNKNOWN, "key": "k", "text": "hello"},
    "sync": {"conversation": UNKNOWN, "after": 0},
    "mark_read": {"conversation": UNKNOWN, "seq": 0},
    "typing": {"conversation": UNKNOWN, "on": True},
    "mark_delivered": {"conversation": UNKNOWN, "seq": 0},
    "whisper": {"conversation": UNKNOWN, "key": "w", "text": "hello"},
    "watch_conversation": {"conversation": UNKNOWN, "reason": "quality"},
    "unwatch_conversation": {"conversation": UNKNOWN},
    "reassign": {"conversation": UNKNOWN, "reason": "balance"},
    "force_close": {"conversation": UNKNOWN, "reason": "abuse"},
    "move_in_queue": {"conversation": UNKNOWN, "priority": 2, "reason": "urgent"},
    "force_offline": {"agent": "a_x", "reason": "left"},
    "ask_consult": {"conversation": UNKNOWN, "key": "q", "text": "hello"},
    "join_consult": {"conversation": UNKNOWN},
    "leave_consult": {"conversation": UNKNOWN},
    "viewing": {"conversation": UNKNOWN, "on": True},
    "finish_wrap_up": {},
    "set_tags": {"conversation": UNKNOWN, "tags": []},
    "run_macro": {"conversation": UNKNOWN, "key": "m", "macro": "thanks"},
    "leave_message": {"conversation": UNKNOWN},
    "request_callback": {"conversation": UNKNOWN, "phone": "+86 138 0013 8000", "from": 0, "until": 1},
    "cancel_callback": {"conversation": UNKNOWN},
    "claim_callback": {"callback": "cb_none"},
    "release_callback": {"callback": "cb_none"},
    "finish_callback": {"callback": "cb_none", "outcome": "reached"},
    "set_presence": {"status": "away"},
    "accept_offer": {"conversation": UNKNOWN, "epoch": 1},
    "decline_offer": {"conversation": UNKNOWN, "epoch": 1},
    "hand_off": {"conversation": UNKNOWN, "to_tier": 2, "reason": "chain"},
    "take_back": {"conversation": UNKNOWN},
    "transfer": {"conversation": UNKNOWN, "to_agent": "a_x"},
    "join_conversation": {"conversation": UNKNOWN, "reason": "help"},
    "leave_conversation": {"conversation": UNKNOWN},
    "close_conversation": {"conversation": UNKNOWN},
    "reopen_conversation": {"conversation": UNKNOWN},
    "renew": {"token": "x"},
    "rate_conversation": {"conversation": UNKNOWN, "score": 5},
}
"""A body of every command in which nothing is wrong but that the conversation is unknown."""

COMMANDS: Final = sorted(surface.commands())
OF_A_CONVERSATION: Final = [name for name in COMMANDS if "conversation" in GOOD.get(name, {})]


def spec_of(name: str) -> CommandSpec:
    return surface.commands()[name]


async def person_of(served: Served, role: Role) -> Person:
    return await served.user("bad") if role is Role.USER else await served.agent(f"bad-{role}", role=str(role))


def test_every_command_has_a_good_body() -> None:
    assert GOOD.keys() == surface.commands().keys()
    for name, body in GOOD.items():
        assert fits(spec_of(name).body, body), name


@pytest.mark.parametrize("name", COMMANDS)
async def test_a_wrong_body_is_refused_with_its_code_and_field(served: Served, name: str) -> None:
    role = next(role for role in OUTSIDE if role in spec_of(name).roles)
    person = await person_of(served, role)
    wrong = []
    for bad in bad_bodies(spec_of(name).body, GOOD[name]):
        reply = await person.reply(name, bad.body)
        error = reply.get("error", {})
        if (reply["ok"], error.get("code"), error.get("field")) != (False, bad.code, bad.field):
            wrong.append((bad.what, bad.code, bad.field, reply))
        assert len(str(reply)) < 1_000
    assert wrong == []
    assert await person.refusal("no_such_command") == "invalid"


@pytest.mark.parametrize("name", COMMANDS)
async def test_a_command_of_another_role_is_forbidden_whatever_its_body(served: Served, name: str) -> None:
    for role in OUTSIDE:
        if role in spec_of(name).roles:
            continue
        person = await person_of(served, role)
        for body in (GOOD[name], {}, None, {"extra": 1}):
            reply = await person.reply(name, body)
            assert reply["error"]["code"] == "forbidden", (role, body, reply)


async def test_an_unknown_and_a_foreign_conversation_are_not_found_alike(served: Served) -> None:
    owner, zhou = await served.user("lin"), await served.available("zhou")
    foreign = await served.chat(owner, zhou)
    people = {role: await person_of(served, role) for role in OUTSIDE}
    for name in OF_A_CONVERSATION:
        for role in (Role.USER, Role.AGENT):
            if role in spec_of(name).roles:
                replies = [
                    await people[role].reply(name, {**GOOD[name], "conversation": id_}) for id_ in (UNKNOWN, foreign)
                ]
                assert replies[0] == replies[1], (name, role)
                assert replies[0]["error"]["code"] == "not_found", (name, role)
        if Role.SUPERVISOR in spec_of(name).roles:
            reply = await people[Role.SUPERVISOR].reply(name, GOOD[name])
            assert reply["error"]["code"] == "not_found", name
    assert await owner.types(foreign) == ["conversation_started", "queued", "agent_assigned"]


async def test_names_that_are_no_command_are_invalid_and_never_run_anything(served: Served) -> None:
    user = await served.user("lin")
    for name in ("", "no_such", "Send_Message", "send_message ", "__class__", "run", "x" * 10_000, "发消息", "a\0b"):
        assert (await user.reply(name, {}))["error"]["code"] == "invalid"
    for role in (Role.ADMIN, Role.AUDITOR):
        assert (await (await person_of(served, role)).reply("no_such", {}))["error"]["code"] == "invalid"


async def test_no_more_of_a_strange_name_is_repeated_than_needed(served: Served) -> None:
    user = await served.user("lin")
    reply = await user.reply("start_conversation", {"key": "k", "x" * 50_000: 1})
    assert reply["error"]["field"] == "x" * 64
    assert len(str(reply)) < 1_000


async def test_no_argument_or_several_are_invalid(served: Served) -> None:
    user = await served.user("lin")
    for arguments in ((), ({"key": "k"}, {"key": "k"}), ({"key": "k"}, 5)):
        reply = await user.client.call("start_conversation", arguments, timeout=SOON_S)
        assert reply["error"]["code"] == "invalid"


BLANK: Final = ["", " ", "\n\t ", "\u200b\u200d", "\u3000", "\ufeff", "\u2060\u00ad"]


async def test_a_text_in_which_nothing_can_be_seen_is_invalid(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    for blank in BLANK:
        for person, name in ((user, "send_message"), (zhou, "send_message"), (zhou, "add_note")):
            reply = await person.reply(name, {"conversation": conversation, "key": "k", "text": blank})
            assert (reply["error"]["code"], reply["error"]["field"]) == ("invalid", "text"), repr(blank)
        reply = await (await served.user("may")).reply("start_conversation", {"key": "k", "text": blank})
        assert (reply["error"]["code"], reply["error"]["field"]) == ("invalid", "text"), repr(blank)


async def test_a_text_is_measured_in_code_points(served: Served) -> None:
    user = await served.user("lin")
    conversation = (await user.call("start_conversation", key="k1", want_agent=True))["conversation"]["id"]
    for letter in ("x", "字", "😀", "\u0301"):
        longest = "a" + letter * 3_999
        await user.say(conversation, longest)
        assert (await user.wait_for("message_posted"))["text"] == longest
        body = {"conversation": conversation, "key": "k", "text": longest + letter}
        reply = await user.reply("send_message", body)
        assert (reply["error"]["code"], reply["error"]["field"]) == ("too_large", "text")
