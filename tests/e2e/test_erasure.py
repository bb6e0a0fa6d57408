"""What a user may ask for: everything that is kept of them in one file, and that nothing of it stays anywhere."""

import asyncio
import contextlib
import io
import json
from pathlib import Path
from typing import Any, Final

import pytest
import redis.asyncio
from sqlalchemy import Connection, make_url, select

from chatserver.core.audit import Act, Actor
from chatserver.core.schema import metadata
from chatserver.operations import erase_user, export_user, hold, lift, verify_all
from chatserver.trust.privacy.shares import OF_NO_USER, OF_THE_LOG
from chatserver.trust.vault.tables import data_keys
from tests.e2e.conftest import Serve
from tests.e2e.test_audit import rows
from tests.e2e.test_two_persons import approved
from tests.people import Person
from tests.serving import Served

CANARIES: Final = {
    "name": "Kanarienvogel Qx1",
    "email": "qx2@canary.example",
    "phone": "+49 151 9876 5432",
    "wallet": "0xCaNaRy52908400098527886E0F70300Qx4",
    "text": "canary message Qx5",
    "note": "canary note Qx6",
    "comment": "canary comment Qx7",
    "attribute": "canary-order-Qx8",
    "file": "canary file Qx9",
    "reason": "canary reason Qy1",
    "handoff": "canary handoff Qy2",
    "reveal": "canary reveal Qy3",
}


async def life(served: Served) -> tuple[Person, Person, str]:
    """A user with something of everything, and their agent."""
    claims = {"email": CANARIES["email"], "phone_number": CANARIES["phone"], "wallet": CANARIES["wallet"]}
    lin = await served.user("lin", name=CANARIES["name"], **claims)
    zhou = await served.available("zhou")
    conversation = await served.chat(lin, zhou, attributes={"order": CANARIES["attribute"]}, topic="transfer")
    sent = await served.request(
        "POST",
        f"/api/v1/conversations/{conversation}/attachments",
        lin,
        data={"file": io.BytesIO(CANARIES["file"].encode())},
    )
    assert sent.status == 200, sent.body
    body = {"conversation": conversation, "key": "m1", "text": CANARIES["text"], "attachments": [sent.body["id"]]}
    await lin.call("send_message", **body)
    await zhou.call("send_message", conversation=conversation, key="m2", text=f"answer to {CANARIES['text']}")
    await zhou.call("add_note", conversation=conversation, key="n1", text=CANARIES["note"])
    asked = {"field": "email", "reason": CANARIES["reveal"], "conversation": conversation}
    assert (await served.post("/api/v1/users/lin/reveal", asked, zhou)).status == 200
    lead = await served.agent("lead", role="supervisor")
    await lead.call("join_conversation", conversation=conversation, reason=CANARIES["reason"])
    await zhou.call("hand_off", conversation=conversation, to_tier=2, reason=CANARIES["handoff"])
    await zhou.call("take_back", conversation=conversation)
    await zhou.call("close_conversation", conversation=conversation, disposition="solved")
    await lin.call("rate_conversation", conversation=conversation, score=5, comment=CANARIES["comment"])
    return lin, zhou, conversation


async def everything_stored(served: Served, redis_url: str) -> bytes:
    """Every byte that the product keeps: tables, files of the data folder, Redis, and PostgreSQL's own folder."""
    await served.app.trail.settle()

    def tables(conn: Connection) -> bytes:
        return b"".join(repr(list(conn.execute(select(table)))).encode() for table in metadata.sorted_tables)

    found = [await served.app.database.read(tables)]
    found += [file.read_bytes() for file in served.app.settings.data_dir.rglob("*") if file.is_file()]
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        found += [bytes(await client.dump(key) or b"") for key in await client.keys("*")]
    found += await asyncio.to_thread(_postgres_files, served.app.settings.database_url)
    return b"\n".join(found)


def _postgres_files(url: str) -> list[bytes]:
    """The files of a server that this test process has started, else none."""
    host = make_url(url).query.get("host", "") if url else ""
    folder = Path(str(host)).parent
    if not host or not folder.name.startswith("chatserver-pg-"):
        return []
    found = list[bytes]()
    for file in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # a running server throws some away
            if file.is_file() and file.stat().st_size < 64_000_000:
                found.append(file.read_bytes())
    return found


def seen_in(stored: bytes) -> set[str]:
    return {name for name, canary in CANARIES.items() if canary.encode() in stored}


async def test_after_an_erasure_no_byte_of_the_user_is_left_and_every_chain_holds(
    serve: Serve, database_url: str, redis_url: str
) -> None:
    more = {"database_url": database_url} if database_url.startswith("postgresql") else {}
    served = await serve(**more)
    lin, zhou, conversation = await life(served)
    lead, boss = await served.agent("lead"), await served.agent("boss", role="admin")
    approval = await approved(served, lead, boss, "erase_user", "user:lin")
    erased = await served.post("/api/v1/users/lin/erase", {"approval": approval}, lead)
    assert (erased.status, erased.body) == (200, {"user": "lin", "conversations": 1, "messages": 2})

    assert seen_in(await everything_stored(served, redis_url)) == set()
    removed = await zhou.wait_for("message_removed", conversation=conversation)
    assert removed["removed"] == ["erased"]
    for who in (zhou, lin):
        messages = [one for one in await who.log(conversation) if one["type"] == "message_posted"]
        assert [(one["text"], one["removed"]) for one in messages] == [("", ["erased"])] * 2
    assert all(not one.get("text") for one in await zhou.log(conversation, "internal"))
    assert (await served.get("/api/v1/conversations", lead, query="canary")).body["conversations"] == []
    transcript = await served.get(f"/api/v1/conversations/{conversation}/transcript", lead, format="txt")
    assert transcript.status == 200
    said: list[dict[str, Any]] = []
    assert await verify_all(served.app.settings, said.append) == 0, said

    def keys(conn: Connection) -> list[Any]:
        return list(conn.execute(select(data_keys.c.id).where(data_keys.c.owner == "lin")))

    assert await served.app.database.read(keys) == []
    again = await served.post("/api/v1/users/lin/erase", {"approval": approval}, lead)
    assert (again.status, again.body["error"]["code"]) == (409, "conflict")
    auditor = await served.agent("audit", role="auditor")
    (noted,) = await rows(served, auditor, action="erased")
    assert (noted["object"], noted["reason"]) == ("user:lin", "A complaint")
    assert {row["reason"] for row in await rows(served, auditor, action="revealed")} == {""}


async def test_an_export_holds_everything_that_is_kept_of_the_user(served: Served, tmp_path: Path) -> None:
    _, zhou, conversation = await life(served)
    lead, boss = await served.agent("lead"), await served.agent("boss", role="admin")
    approval = await approved(served, lead, boss, "export_user", "user:lin")
    answer = await served.post("/api/v1/users/lin/export", {"approval": approval}, lead)
    assert answer.status == 200
    document = answer.body if isinstance(answer.body, dict) else json.loads(answer.body)
    assert document["format"] == "chatserver.user/1"
    assert seen_in(json.dumps(document).encode()) == set(CANARIES) - {"file"}
    (kept,) = document["conversations"]
    assert kept["conversation"]["id"] == conversation
    types = [event["type"] for event in kept["events"]]
    assert {"message_posted", "note_added", "conversation_rated", "handed_off"} <= set(types)
    assert [one["name"] for one in document["attachments"]]
    assert {row["action"] for row in document["audit"]} >= {"revealed", "join_conversation", "approval_requested"}
    assert (await served.post("/api/v1/users/lin/export", {"approval": approval}, lead)).status == 409  # used up
    assert (await served.post("/api/v1/users/lin/export", {"approval": approval}, zhou)).status == 403
    out = io.BytesIO()
    await export_user(served.app.settings, "lin", out)
    by_hand = json.loads(out.getvalue())
    assert by_hand["conversations"] == document["conversations"]
    assert tmp_path


async def test_many_are_exported_by_two_and_a_page_at_a_time(served: Served) -> None:
    _, _, conversation = await life(served)
    lead, boss = await served.agent("lead"), await served.agent("boss", role="admin")
    approval = await approved(served, lead, boss, "export_many")
    answer = await served.post("/api/v1/exports", {"approval": approval}, lead)
    lines = [json.loads(line) for line in answer.body.splitlines()]
    assert [line["conversation"]["id"] for line in lines[:-1]] == [conversation]
    assert lines[-1] == {}
    assert (await served.post("/api/v1/exports", {"approval": approval, "after": 1}, boss)).status == 404


@pytest.mark.parametrize("about", ["user", "conversation"])
async def test_a_legal_hold_beats_an_erasure_and_the_try_is_noted(served: Served, about: str) -> None:
    _, zhou, conversation = await life(served)
    lead, boss = await served.agent("lead"), await served.agent("boss", role="admin")
    object_ = {"user": "user:lin", "conversation": f"conversation:{conversation}"}[about]
    placed = await served.post("/api/v1/holds", {"object": object_, "reason": "Court order 7"}, lead)
    assert placed.status == 200
    approval = await approved(served, lead, boss, "erase_user", "user:lin")
    refused = await served.post("/api/v1/users/lin/erase", {"approval": approval}, lead)
    assert (refused.status, refused.body["error"]["code"]) == (409, "conflict")
    assert object_ in refused.body["error"]["message"]
    texts = [event["text"] for event in await zhou.log(conversation) if event["type"] == "message_posted"]
    assert CANARIES["text"] in texts
    listed = await served.get("/api/v1/holds", lead)
    assert [(one["object"], one["reason"]) for one in listed.body["holds"]] == [(object_, "Court order 7")]
    lifted = await served.post(f"/api/v1/holds/{placed.body['hold']['id']}/lift", {"reason": "Settled"}, boss)
    assert lifted.body["hold"]["lifted_by"] == f"agent:{boss.id}"
    assert (await served.post("/api/v1/users/lin/erase", {"approval": approval}, lead)).status == 200
    auditor = await served.agent("audit", role="auditor")
    told = [row["action"] for row in await rows(served, auditor)]
    assert [one for one in told if one in {"hold_placed", "erasure_held", "hold_lifted", "erased"}] == [
        "hold_placed",
        "erasure_held",
        "hold_lifted",
        "erased",
    ]


async def test_the_same_is_done_on_the_command_line_while_somebody_is_still_waiting(served: Served) -> None:
    lin = await served.user("lin", name=CANARIES["name"])
    await lin.call("start_conversation", key="k", text=CANARIES["text"], want_agent=True)
    settings = served.app.settings
    placed = await hold(settings, "user:lin", "Court order")
    with pytest.raises(Exception, match="conflict"):
        await erase_user(settings, "lin", "Asked for it")
    await lift(settings, placed["id"], "Settled")
    assert await erase_user(settings, "lin", "Asked for it") == {"user": "lin", "conversations": 1, "messages": 1}
    with pytest.raises(Exception, match="not_found"):
        await erase_user(settings, "nobody", "Asked for it")
    said: list[dict[str, Any]] = []
    assert await verify_all(settings, said.append) == 0, said
    closed = await lin.wait_for("conversation_closed")
    assert closed["disposition"] == "erased"


async def test_a_reason_that_is_stored_only_after_the_erasure_is_not_kept(served: Served) -> None:
    _, zhou, conversation = await life(served)
    settings = served.app.settings
    await erase_user(settings, "lin", "Asked for it")  # another process, which knows nothing of what waits here
    late = Act("hand_off", f"conversation:{conversation}", CANARIES["handoff"])
    await served.app.trail.write(Actor(f"agent:{zhou.id}", "agent"), late)
    auditor = await served.agent("audit", role="auditor")
    # Older rows open until this process has looked for destroyed keys, at most five seconds later.
    assert (await rows(served, auditor, action="hand_off"))[-1]["reason"] == ""


async def test_a_visitors_key_opens_nothing_after_the_erasure(served: Served) -> None:
    visitor = await served.visitor()
    await visitor.call("start_conversation", key="k", text=CANARIES["text"])
    key = str(visitor.welcome["visitor"])
    await erase_user(served.app.settings, visitor.id, "Asked for it")
    with pytest.raises(Exception, match="unauthenticated"):
        await served.visitor(key)


def test_every_table_belongs_to_a_share_or_says_why_it_holds_nothing_of_a_user() -> None:
    from chatserver.app import SHARES

    owned = [table for share in SHARES for table in share.tables]
    assert len(owned) == len(set(owned))
    assert set(owned) | OF_THE_LOG | OF_NO_USER.keys() >= metadata.tables.keys()
    assert not set(owned) & OF_NO_USER.keys()
