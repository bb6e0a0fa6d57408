"""Evidence as supervisors ask for it, and as somebody elsewhere checks it with nothing but the file."""

import json
from pathlib import Path
from typing import Any

from chatserver import operations
from tests.e2e.test_backup import chatserver
from tests.serving import Served


async def case(served: Served) -> str:
    """A conversation with a complaint in it."""
    user, agent = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, agent, text="我的提现没有到账")
    await agent.say(conversation, "I am looking")
    await agent.call("add_note", conversation=conversation, key="n", text="a note")
    return conversation


async def test_a_supervisor_takes_a_pack_that_anybody_can_check(served_on_both: Served, tmp_path: Path) -> None:
    served = served_on_both
    conversation = await case(served)
    supervisor = await served.agent("sue", role="supervisor")
    asked = {"reason": "a complaint", "transactions": [{"id": "tx_1", "status": "失败"}]}
    answer = await served.post(f"/api/v1/conversations/{conversation}/evidence", asked, supervisor)
    assert answer.status == 200
    pack = answer.body
    assert pack["evidence"]["asked_by"]["role"] == "supervisor"
    assert pack["evidence"]["transactions"] == asked["transactions"]
    assert [event["text"] for event in pack["evidence"]["record"]["events"] if "text" in event] == [
        "我的提现没有到账",
        "I am looking",
        "a note",
    ]
    [key] = (await served.get("/api/v1/public-keys")).body["keys"]
    [root] = (await served.get("/api/v1/roots", supervisor)).body["roots"]
    assert pack["public_key"] == key["public_key"] == root["public_key"]
    file = tmp_path / "pack.json"
    file.write_text(json.dumps(pack))
    elsewhere = ("verify", "--export", str(file), "--public-key", key["public_key"])
    code, out, err = await chatserver(served.app.settings, *elsewhere)
    assert (code, err) == (0, "")
    assert json.loads(out) == {"ok": True, "conversations": 1, "public_keys": [key["public_key"]]}
    pack["evidence"]["record"]["events"][1]["at"] += 1
    file.write_text(json.dumps(pack))
    code, out, _ = await chatserver(served.app.settings, *elsewhere)
    faults = [json.loads(line) for line in out.splitlines()]
    assert (code, [fault["reason"] for fault in faults]) == (1, ["bad_signature", "changed"])
    assert faults[1] == {
        "ok": False,
        "conversation": conversation,
        "thread": "public",
        "seq": 2,
        "reason": "changed",
    }


async def test_operators_export_and_pack_beside_a_server(served: Served, tmp_path: Path) -> None:
    conversation, settings, file = await case(served), served.app.settings, tmp_path / "file"
    with file.open("wb") as out:
        await operations.export_all(settings, out)
    pack = await operations.make_evidence(settings, conversation, "a court asks", [])
    assert pack is not None
    said: list[Any] = []
    assert operations.verify_file(file, [], said.append) == 0
    file.write_bytes(pack)
    assert operations.verify_file(file, [], said.append) == 0
    assert [one["conversations"] for one in said] == [1, 1]
    assert operations.verify_file(file, ["00" * 32], said.append) == 1
    assert said[-1]["reason"] == "unknown_key"
    assert await operations.make_evidence(settings, "c_nobody", "x", []) is None
    assert (await operations.show_keys(settings))["masters"] == [1]
