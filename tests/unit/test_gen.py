"""What is generated is fresh, valid by public rules, and says what the contract says."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import openapi_spec_validator
import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from msgspec import UNSET, Struct

from chatserver import surface
from chatserver.conversation.events import BODY_OF, By, MessagePosted, NoteAdded, Recorded, encode_body
from chatserver.conversation.messages import Conversation, Heads, Marks, Posted, SessionInfo, Welcome
from chatserver.core.errors import HTTP_STATUS, conflict
from chatserver.gen import asyncapi, openapi
from chatserver.gen.__main__ import CHECKOUT, main, outputs, stale, write
from chatserver.gen.schemas import Vocabulary, vocabulary
from chatserver.gen.typescript import protocol, type_of

PUBLIC_SCHEMA = CHECKOUT / "web_widget/node_modules/@asyncapi/specs/schemas/3.0.0.json"
USER, AGENTS, BOTH = "user", "agent supervisor", "user agent supervisor"
ROLES = {
    "start_conversation": USER,
    "request_agent": USER,
    "cancel_waiting": USER,
    "send_message": BOTH,
    "add_note": AGENTS,
    "sync": BOTH,
    "mark_read": BOTH,
    "mark_delivered": BOTH,
    "whisper": "supervisor",
    "watch_conversation": "supervisor",
    "unwatch_conversation": "supervisor",
    "reassign": "supervisor",
    "force_close": "supervisor",
    "move_in_queue": "supervisor",
    "force_offline": "supervisor",
    "ask_consult": AGENTS,
    "join_consult": AGENTS,
    "leave_consult": AGENTS,
    "viewing": AGENTS,
    "finish_wrap_up": AGENTS,
    "set_tags": AGENTS,
    "run_macro": AGENTS,
    "leave_message": USER,
    "request_callback": USER,
    "cancel_callback": USER,
    "claim_callback": AGENTS,
    "release_callback": AGENTS,
    "finish_callback": AGENTS,
    "typing": BOTH,
    "set_presence": AGENTS,
    "accept_offer": AGENTS,
    "decline_offer": AGENTS,
    "hand_off": AGENTS,
    "take_back": AGENTS,
    "transfer": AGENTS,
    "join_conversation": "supervisor",
    "leave_conversation": "supervisor",
    "close_conversation": BOTH,
    "reopen_conversation": AGENTS,
    "renew": "user agent supervisor admin auditor",
    "rate_conversation": USER,
}
"""The contract's own table, so that a slip in a decorator is not documented as meant."""

DURABLE = {
    *("conversation_started", "message_posted", "queued", "agent_assigned", "handed_off", "agent_left", "queue_left"),
    *("supervisor_joined", "supervisor_left", "conversation_closed", "conversation_reopened", "conversation_rated"),
    *("message_removed", "note_added", "idle_reminded", "callback_requested", "callback_claimed", "callback_finished"),
    *("consult_asked", "consultant_joined", "consultant_left", "tags_changed"),
}
PASSING = {
    *("queue_position", "offer", "offer_withdrawn", "typing", "read", "presence", "heads", "reconnect_soon"),
    *("auth_expiring", "welcome", "delivered", "wrap_up", "viewing", "consult", "board", "callback"),
}


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return vocabulary()


@pytest.fixture(scope="module")
def socket_side(words: Vocabulary) -> dict[str, Any]:
    return asyncapi.document(words)


@pytest.fixture(scope="module")
def http_side(words: Vocabulary) -> dict[str, Any]:
    return openapi.document(words)


def faults(document: dict[str, Any]) -> list[str]:
    """What the public schema of AsyncAPI 3.0 finds wrong."""
    schema = json.loads(PUBLIC_SCHEMA.read_text(encoding="utf-8"))
    return [f"{one.json_path}: {one.message[:200]}" for one in Draft7Validator(schema).iter_errors(document)]


def accepts(document: dict[str, Any], message: str, value: bytes) -> bool:
    """Whether the document's own schema of a message takes a value that is really sent."""
    schema = document["components"]["messages"][message]["payload"]
    return bool(Draft7Validator({**schema, "components": document["components"]}).is_valid(json.loads(value)))


def recorded(body: Any, type_: str, **changed: Any) -> Recorded:
    by = By(role="user", id="u_1", name="Ming")
    given: dict[str, Any] = {"thread": "public", "seq": 3, "at": 1_700_000_000_000, "key": "k1", **changed}
    return Recorded(conversation="c_1", type=type_, by=by, body=encode_body(body), **given)


def test_what_is_committed_is_what_would_be_written_now() -> None:
    assert stale() == [], "run: python3 dev.py gen"


def test_the_check_names_what_is_stale_and_writing_mends_it(tmp_path: Path) -> None:
    assert set(write(tmp_path)) == set(outputs())
    assert stale(tmp_path) == []
    (tmp_path / "docs/reference/errors.md").write_text("old")
    (tmp_path / "docs/reference/events.md").unlink()
    assert stale(tmp_path) == ["docs/reference/events.md", "docs/reference/errors.md"]
    write(tmp_path)
    assert stale(tmp_path) == []


def test_the_check_ends_with_1_when_something_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("chatserver.gen.__main__.stale", lambda: ["docs/reference/errors.md"])
    assert main(["--check"]) == 1
    assert "docs/reference/errors.md" in capsys.readouterr().err
    monkeypatch.setattr("chatserver.gen.__main__.stale", list)
    assert main(["--check"]) == 0
    assert main(["--chekc"]) == 2


def test_the_asyncapi_document_is_valid_by_the_public_schema(socket_side: dict[str, Any]) -> None:
    assert faults(socket_side) == []


def test_the_public_schema_would_find_a_fault(socket_side: dict[str, Any]) -> None:
    operations = {"command.sync": {**socket_side["operations"]["command.sync"], "action": "ask"}}
    assert faults({**socket_side, "operations": operations})


def test_every_reference_in_the_asyncapi_document_leads_somewhere(socket_side: dict[str, Any]) -> None:
    for found in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(socket_side)):
        place: Any = socket_side
        for step in found.split("/"):
            place = place[step]


def test_the_openapi_document_is_valid_by_a_public_validator(http_side: dict[str, Any]) -> None:
    openapi_spec_validator.validate(http_side)


def test_every_command_is_a_receive_operation_with_its_roles(socket_side: dict[str, Any]) -> None:
    received = {
        operation["messages"][0]["$ref"].rsplit("command.")[1]: " ".join(operation["x-roles"])
        for operation in socket_side["operations"].values()
        if operation["action"] == "receive"
    }
    assert {name: received.get(name) for name in ROLES} == ROLES
    assert set(received) == set(surface.commands())


def test_every_event_is_a_send_operation(socket_side: dict[str, Any]) -> None:
    sent = {
        operation["messages"][0]["$ref"].rsplit("event.")[1]
        for operation in socket_side["operations"].values()
        if operation["action"] == "send"
    }
    assert sent >= DURABLE | PASSING
    assert sent == {*BODY_OF, *surface.PASSING}


def test_every_command_has_a_message_for_its_body_and_its_result(socket_side: dict[str, Any]) -> None:
    messages = socket_side["components"]["messages"]
    for name in surface.commands():
        assert {f"command.{name}", f"result.{name}"} <= set(messages)
        reply = socket_side["operations"][f"command.{name}"]["reply"]["messages"]
        assert reply == [{"$ref": f"#/channels/socket/messages/result.{name}"}]


def test_a_body_with_an_unknown_or_missing_field_does_not_fit_its_schema(socket_side: dict[str, Any]) -> None:
    assert accepts(socket_side, "command.send_message", b'{"conversation":"c_1","key":"k","text":"hi"}')
    assert not accepts(socket_side, "command.send_message", b'{"conversation":"c_1","key":"k","text":"hi","x":1}')
    assert not accepts(socket_side, "command.send_message", b'{"conversation":"c_1","key":"k"}')
    assert not accepts(socket_side, "command.send_message", b'{"conversation":"c 1","key":"k","text":"hi"}')
    assert not accepts(socket_side, "command.sync", b'{"conversation":"c_1","after":-1}')


@pytest.mark.parametrize(
    ("reply", "fits"),
    [
        ({"ok": True, "result": Posted("c_1-3", 3, 1_700_000_000_000, False)}, True),
        ({"ok": False, "error": conflict("no").as_dict()}, True),
        ({"ok": True, "result": {"id": "c_1-3"}}, False),
        ({"ok": False, "error": {"code": "nonsense", "message": "no"}}, False),
    ],
)
def test_an_acknowledgement_fits_its_schema(socket_side: dict[str, Any], reply: Any, fits: bool) -> None:
    assert accepts(socket_side, "result.send_message", msgspec.json.encode(reply)) is fits


def test_a_durable_event_as_sent_fits_its_schema(socket_side: dict[str, Any]) -> None:
    posted = recorded(MessagePosted(text="你好", reply_to="c_1-1"), "message_posted")
    for with_key in (True, False):
        assert accepts(socket_side, "event.message_posted", posted.wire(typed=False, with_key=with_key))
    note = recorded(NoteAdded(text="careful"), "note_added", thread="internal")
    assert accepts(socket_side, "event.note_added", note.wire(typed=False, with_key=True))
    assert not accepts(socket_side, "event.queued", posted.wire(typed=False, with_key=False))


def test_a_page_holds_events_told_apart_by_their_type(socket_side: dict[str, Any]) -> None:
    row = recorded(MessagePosted(text="hi"), "message_posted").wire(typed=True, with_key=False)
    untyped = recorded(MessagePosted(text="hi"), "message_posted").wire(typed=False, with_key=False)
    page = b'{"ok":true,"result":{"events":[%s],"last":3,"more":false}}'
    assert accepts(socket_side, "result.sync", page % row)
    assert not accepts(socket_side, "result.sync", page % untyped)
    assert not accepts(socket_side, "result.sync", page % row.replace(b'"message_posted"', b'"message_eaten"'))


def test_passing_events_as_sent_fit_their_schemas(socket_side: dict[str, Any]) -> None:
    conversation = Conversation(
        id="c_1",
        status="waiting",
        tier=1,
        epoch=0,
        topic="",
        position=None,
        heads=Heads(public=2),
        marks=Marks(2, 1, 2, 2),
    )
    welcome = Welcome(1, SessionInfo("s_1", "user", "u_1", "Ming"), 1_700_000_000_000, [conversation])
    assert accepts(socket_side, "event.welcome", msgspec.json.encode(welcome))
    assert accepts(socket_side, "event.heads", b'{"c_1":{"public":3,"internal":1}}')
    assert accepts(socket_side, "event.queue_position", b'{"conversation":"c_1","position":1,"estimate_s":[30,90]}')
    assert accepts(socket_side, "event.queue_position", b'{"conversation":"c_1","position":1,"estimate_s":null}')
    assert not accepts(socket_side, "event.queue_position", b'{"conversation":"c_1","position":1,"estimate_s":[30]}')


def test_what_the_server_always_sends_is_required_and_what_it_may_leave_out_is_not(words: Vocabulary) -> None:
    required = set(words.components["MessagePosted"]["required"])
    assert {"text", "attachments", "seq", "by"} <= required
    assert not {"reply_to", "removed", "key"} & required


def test_no_pattern_needs_the_regular_expressions_of_python(words: Vocabulary) -> None:
    assert r"\\Z" not in json.dumps(words.components)


def test_two_types_never_share_a_name(words: Vocabulary) -> None:
    assert [name for name in words.components if "." in name or "_" in name] == []


def test_every_route_is_described_with_its_refusals(http_side: dict[str, Any]) -> None:
    for route in surface.routes():
        operation = http_side["paths"][route.path][route.method.lower()]
        assert {"200", "400", "429", "503"} <= set(operation["responses"])
        assert ("401" in operation["responses"]) or route.roles is None
        assert [one["name"] for one in operation["parameters"] if one["in"] == "path"] == re.findall(
            r"\{(\w+)\}", route.path
        )


def test_a_refusal_over_http_fits_its_schema(http_side: dict[str, Any]) -> None:
    root = {"$ref": "#/components/schemas/Refused", "components": http_side["components"]}
    refused = Draft202012Validator(root)
    assert refused.is_valid({"error": conflict("no").as_dict()})
    assert not refused.is_valid({"error": {"message": "no"}})


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer"}, "number"),
        ({"type": "array", "items": {"type": "string"}}, "string[]"),
        ({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "(string | null)[]"),
        ({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "integer"}]}, "[number, number]"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "Record<string, string>"),
        ({"enum": ["closed", "bot", "active", "offered", "waiting"]}, "Status"),
        ({"enum": ["gone", "no_reply"]}, '"gone" | "no_reply"'),
        ({"enum": sorted(HTTP_STATUS)}, "ErrorCode"),
        ({"$ref": "#/components/schemas/Heads"}, "Heads"),
        ({}, "unknown"),
    ],
)
def test_a_schema_becomes_the_type_a_person_would_write(schema: dict[str, Any], expected: str) -> None:
    assert type_of(schema) == expected


def test_the_typescript_names_every_command_and_event(words: Vocabulary) -> None:
    text = protocol(words)
    for name, spec in surface.commands().items():
        assert f"  {name}: {{ body: {spec.body.__name__}; result: {spec.result.__name__} }};" in text
    for name, body in BODY_OF.items():
        assert f"  {name}: {body.__name__};" in text
    for name in surface.PASSING:
        assert re.search(rf"^  {name}: \S", text, re.MULTILINE)


def test_optional_fields_are_optional_in_typescript(words: Vocabulary) -> None:
    text = protocol(words)
    assert "  want_agent?: boolean;" in text
    assert "  attachments: string[];" in text.partition("interface MessagePosted")[2].partition("}")[0]
    assert "  attachments?: string[];" in text.partition("interface SendMessage")[2].partition("}")[0]


def test_the_error_body_is_what_errors_are_sent_as() -> None:
    assert isinstance(surface.ErrorBody("invalid", "no"), Struct)
    sent = msgspec.json.encode(conflict("no").as_dict())
    assert msgspec.json.decode(sent, type=surface.ErrorBody) == surface.ErrorBody("conflict", "no", UNSET, UNSET)
