"""Whoever of the staff looks or acts, it stands in the audit log; auditors find it, and `verify` checks its chain."""

import io
import json
from typing import Any

import pytest

from chatserver.operations import disable, enrol, export_audit, verify_all
from chatserver.trust.audit import trail
from chatserver.trust.audit.anchors import Anchor, keep, read_anchors
from tests.people import Person
from tests.serving import PASSWORD, Served


async def rows(served: Served, auditor: Person, **wanted: Any) -> list[dict[str, Any]]:
    """Rows of the audit log that fit, oldest first, without the auditor's own."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await served.get("/api/v1/audit", auditor, limit=200, **wanted, **cursor)
        assert page.status == 200, page.body
        found += page.body["entries"]
        if "next" not in page.body:
            break
        cursor = {"cursor": page.body["next"]}
    return [row for row in reversed(found) if row["actor"] != f"agent:{auditor.id}"]


def told(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(row["action"], row["object"], row["outcome"]) for row in found]


async def test_reading_and_acting_of_staff_is_noted_with_who_and_from_where(served: Served) -> None:
    auditor = await served.agent("audit", role="auditor")
    lin, zhou, lead = (
        await served.user("lin"),
        await served.available("zhou"),
        await served.agent("lead", role="supervisor"),
    )
    conversation = await served.chat(lin, zhou)
    await zhou.call("sync", conversation=conversation, after=0)
    await served.get(f"/api/v1/conversations/{conversation}/transcript", zhou)
    await lead.call("join_conversation", conversation=conversation, reason="A complaint")
    about = f"conversation:{conversation}"
    found = await rows(served, auditor, object=about)
    assert told(found) == [
        ("sync", about, "done"),
        ("GET /api/v1/conversations/{id}/transcript", about, "done"),
        ("join_conversation", about, "done"),
    ]
    assert {row["actor"] for row in found} == {f"agent:{zhou.id}", f"agent:{lead.id}"}
    assert {row["address"] for row in found} == {"127.0.0.1"}
    assert all(row["session"].startswith("s_") for row in found)
    assert found[2]["reason"] == "A complaint"
    assert ("set_presence", "", "done") in told(await rows(served, auditor, actor=f"agent:{zhou.id}"))


async def test_ordinary_talk_leaves_one_row_a_session_and_users_leave_none(served: Served) -> None:
    auditor = await served.agent("audit", role="auditor")
    lin, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(lin, zhou)
    for number in range(5):
        await zhou.call("send_message", conversation=conversation, key=f"a{number}", text="hello")
        await lin.call("send_message", conversation=conversation, key=f"u{number}", text="hello")
        await zhou.call("sync", conversation=conversation, after=0)
        await zhou.call("typing", conversation=conversation, on=True)
    about = f"conversation:{conversation}"
    found = await rows(served, auditor, object=about)
    assert told(found) == [("send_message", about, "done"), ("sync", about, "done")]
    again = await served.agent("zhou")
    await again.call("sync", conversation=conversation, after=0)
    assert len(await rows(served, auditor, object=about)) == 3


async def test_every_refusal_of_staff_is_noted(served: Served) -> None:
    auditor = await served.agent("audit", role="auditor")
    lin, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(lin, zhou)
    meng, admin = await served.agent("meng"), await served.agent("admin", role="admin")
    about = f"conversation:{conversation}"
    for _ in range(2):
        await meng.reply("sync", {"conversation": conversation, "after": 0})
    await meng.reply("join_conversation", {"conversation": conversation, "reason": "peek"})
    await served.get(f"/api/v1/conversations/{conversation}/transcript", meng)
    await served.get(f"/api/v1/conversations/{conversation}/transcript", admin)
    await served.get("/api/v1/audit", meng)
    found = [row for row in await rows(served, auditor) if row["outcome"] != "done"]
    assert told(found) == [
        ("sync", about, "not_found"),
        ("sync", about, "not_found"),
        ("join_conversation", about, "forbidden"),
        ("GET /api/v1/conversations/{id}/transcript", about, "not_found"),
        ("GET /api/v1/conversations/{id}/transcript", about, "forbidden"),
        ("GET /api/v1/audit", "", "forbidden"),
    ]
    assert [row["actor"] for row in found] == [f"agent:{meng.id}"] * 4 + [f"agent:{admin.id}", f"agent:{meng.id}"]


async def test_sign_ins_failures_and_accounts_made_by_hand_are_noted(served: Served) -> None:
    auditor = await served.agent("audit", role="auditor")
    zhou = await served.account("zhou")
    await served.post("/api/v1/sign-in", {"email": "zhou@x.io", "password": "wrong canary-5PkQ"})
    await served.post("/api/v1/sign-in", {"email": "canary-7XtR@x.io", "password": "wrong"})
    signed_in = await served.post("/api/v1/sign-in", {"email": "zhou@x.io", "password": PASSWORD})
    await served.post("/api/v1/sign-out", {"refresh_token": signed_in.body["refresh_token"]})
    settings = served.app.settings
    added = await enrol(settings, [{"email": "new@x.io", "name": "New", "tier": 1, "password": PASSWORD}])
    await disable(settings, "new@x.io")
    found = await rows(served, auditor)
    me = f"agent:{zhou.id}"
    assert told(found) == [
        ("sign_in_failed", me, "unauthenticated"),
        ("sign_in_failed", "", "unauthenticated"),
        ("signed_in", me, "done"),
        ("signed_out", me, "done"),
        ("agent_added", f"agent:{added[0].id}", "done"),
        ("agent_disabled", f"agent:{added[0].id}", "done"),
    ]
    assert found[4]["actor"].startswith("operator:")
    assert "canary" not in json.dumps(found)


async def test_a_flood_of_guesses_leaves_one_row_of_being_turned_away(served: Served) -> None:
    served.app.sign_in.attempts._limit._rate_factor = 1
    auditor = await served.agent("audit", role="auditor")
    await served.account("zhou")
    for _ in range(12):
        await served.post("/api/v1/sign-in", {"email": "zhou@x.io", "password": "wrong"})
    outcomes = [row["outcome"] for row in await rows(served, auditor, action="sign_in_failed")]
    assert outcomes == ["unauthenticated"] * 5 + ["rate_limited"]


async def test_auditors_page_search_and_take_away_and_verify_names_what_is_gone(served: Served) -> None:
    auditor = await served.agent("audit", role="auditor")
    zhou = await served.agent("zhou")
    for number in range(7):
        await served.get(f"/api/v1/conversations/c_{number}", zhou)
    one = await served.get("/api/v1/audit", auditor, actor=f"agent:{zhou.id}", outcome="not_found", limit=3)
    assert [row["object"] for row in one.body["entries"]] == [f"conversation:c_{n}" for n in (6, 5, 4)]
    late = await served.get("/api/v1/audit", auditor, since=served.clock.now() + 1_000)
    assert late.body == {"entries": []}
    exported = await served.get("/api/v1/audit/export", auditor)
    lines = [json.loads(line) for line in exported.body.splitlines()]
    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    assert {"reason_sha256", "hash", "seal"} <= lines[0].keys()
    head = await served.get("/api/v1/audit/head", auditor)
    assert head.body["number"] > lines[-1]["number"]  # the export was noted, too

    said: list[dict[str, Any]] = []
    settings = served.app.settings
    assert await verify_all(settings, said.append) == 0
    assert said[0]["ok"]
    await served.app.rights.anchors.drop()
    file = settings.data_dir / "audit-anchors.jsonl"
    anchors = read_anchors(file)
    assert anchors[-1].number >= head.body["number"]
    keep(file, Anchor(0, anchors[-1].number + 1_000, b"x"))
    said.clear()
    assert await verify_all(settings, said.append) == 1
    assert {"thread": "audit", "reason": "truncated"}.items() <= said[0].items()


async def test_an_operator_takes_the_whole_log_away_and_that_is_noted(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatserver.operations.ROWS_AT_ONCE", 2)
    auditor = await served.agent("audit", role="auditor")
    await served.get("/api/v1/audit", auditor)
    await served.app.trail.settle()
    await export_audit(served.app.settings, 0, io.BytesIO())
    out = io.BytesIO()
    await export_audit(served.app.settings, 0, out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    over_http = await served.get("/api/v1/audit/export", auditor)
    assert lines == [json.loads(line) for line in over_http.body.splitlines()][: len(lines)]
    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    assert ("audit_exported", "operator") in {(one["action"], one["actor"].split(":")[0]) for one in lines}
    rest = io.BytesIO()
    await export_audit(served.app.settings, len(lines) - 1, rest)
    assert json.loads(rest.getvalue().splitlines()[0]) == lines[-1]


async def test_what_cannot_be_noted_is_not_shown(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from chatserver.core.errors import storage

    lin, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(lin, zhou)

    async def full(*_: Any) -> None:
        raise storage()

    monkeypatch.setattr(served.app.trail, "write", full)
    answer = await served.get(f"/api/v1/conversations/{conversation}/transcript", zhou)
    assert (answer.status, answer.body["error"]["code"]) == (503, "storage")
    assert (await served.get(f"/api/v1/conversations/{conversation}/transcript", lin)).status == 200


async def test_a_user_who_reaches_for_what_is_not_theirs_is_noted_and_a_flood_is_not(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "TRIES", 4)
    auditor = await served.agent("audit", role="auditor")
    lin, mallory, zhou = await served.user("lin"), await served.user("mallory"), await served.available("zhou")
    conversation = await served.chat(lin, zhou)
    assert await mallory.refusal("sync", conversation=conversation, after=0) == "not_found"
    assert await mallory.refusal("hand_off", conversation=conversation, to_tier=2, reason="mine") == "forbidden"
    assert (await served.get(f"/api/v1/conversations/{conversation}/transcript", mallory)).status == 404
    assert await mallory.refusal("send_message", conversation="c_none", key="k", text="x" * 9_000) == "too_large"
    for number in range(5):
        assert await mallory.refusal("sync", conversation=f"c_{number:022}", after=0) == "not_found"
    assert (await served.get("/api/v1/audit", mallory)).status == 403
    assert await lin.refusal("sync", conversation="c_0", after=0) == "not_found"  # who is not counted for another
    await served.app.trail.settle()
    found = [row for row in await rows(served, auditor) if row["role"] == "user"]
    about = f"conversation:{conversation}"
    assert told(found) == [
        ("sync", about, "not_found"),
        ("hand_off", about, "forbidden"),
        ("GET /api/v1/conversations/{id}/transcript", about, "not_found"),
        ("sync", f"conversation:c_{0:022}", "not_found"),
        ("sync", "conversation:c_0", "not_found"),
    ]
    assert {(row["actor"], row["address"]) for row in found} == {("user:mallory", ""), ("user:lin", "")}
