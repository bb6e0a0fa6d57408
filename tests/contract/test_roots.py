"""Signed roots and evidence: what is done to the tables by hand is named, and a file alone can be checked."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from chatserver.conversation.appending import empty_row
from chatserver.conversation.events import By, MessagePosted, MessageRemoved, NoteAdded
from chatserver.conversation.exporting import export_lines
from chatserver.conversation.log import SYSTEM
from chatserver.conversation.verifying import verify_logs
from chatserver.trust.evidence.offline import check_file
from chatserver.trust.evidence.pack import Packer
from chatserver.trust.evidence.rooting import rooted_threads
from chatserver.trust.roots.signing import Signer
from chatserver.trust.roots.verifying import root_faults
from chatserver.trust.vault.erasing import destroy_user_key
from tests.contract.log_house import LogHouse, log_house
from tests.unit.conversation.cast import ANNA, STRANGER, USER

C1 = "conversation = (SELECT number FROM conversations WHERE id = 'c_1') AND thread = 'public'"


def link_of(seq: int) -> str:
    """The link of a row, in SQL."""
    return f"(SELECT chain FROM events WHERE {C1} AND seq = {seq})"


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[LogHouse]:
    """Two conversations, one of them with a note."""
    async with log_house(database_url) as built:
        await built.begin("c_1")
        await built.begin("c_2", STRANGER)
        for number in range(6):
            await built.say("c_1", f"第 {number} 条")
        await built.say("c_2", "another", STRANGER)
        await built.add("c_1", By("agent", ANNA.subject, "Anna"), NoteAdded(text="a note"))
        yield built


def signer(house: LogHouse, folder: Path | None = None) -> Signer:
    return Signer(house.database, house.clock, folder, 3_600)


async def faults(house: LogHouse, folder: Path | None = None) -> list[tuple[str, str, int, str]]:
    """Everything that `chatserver verify` says of the logs."""
    found = [fault async for fault in verify_logs(house.database)]
    found += [fault async for fault in root_faults(house.database, folder)]
    return [(one["conversation"], one["thread"], one["seq"], one["reason"]) for one in found]


async def by_hand(house: LogHouse, *statements: str) -> None:
    """Change the tables as somebody does who has the database and no key."""
    for statement in statements:
        await house.database.write(lambda conn, one=statement: conn.execute(text(one)) and None)  # type: ignore[misc]


async def test_a_root_is_signed_when_it_is_due_and_something_was_written(house: LogHouse) -> None:
    its = signer(house)
    await its.look()
    await its.look()
    assert await its.sign() is None
    await house.say("c_2", "more", STRANGER)
    await its.look()  # not due yet
    signed = await its.sign()
    assert signed is not None
    assert (signed.root.number, signed.root.leaves) == (2, 1)
    assert await faults(house) == []


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        ([f"UPDATE events SET at = at + 1 WHERE {C1} AND seq = 3"], [("c_1", "public", 3, "changed")]),
        ([f"UPDATE events SET by_role = 'agent' WHERE {C1} AND seq = 3"], [("c_1", "public", 3, "changed")]),
        ([f"UPDATE events SET by_id = 'u_other' WHERE {C1} AND seq = 3"], [("c_1", "public", 3, "changed")]),
        (
            [f"UPDATE events SET body = (SELECT body FROM events WHERE {C1} AND seq = 2) WHERE {C1} AND seq = 3"],
            [("c_1", "public", 3, "unreadable")],
        ),
        ([f"DELETE FROM events WHERE {C1} AND seq = 3"], [("c_1", "public", 3, "missing")]),
        (
            [f"UPDATE events SET seq = {a} WHERE {C1} AND seq = {b}" for a, b in ((99, 3), (3, 4), (4, 99))],
            [
                ("c_1", "public", 3, "changed"),
                ("c_1", "public", 4, "changed"),
                ("c_1", "public", 5, "changed"),
            ],
        ),
        (
            [
                f"DELETE FROM events WHERE {C1} AND seq > 4",
                f"UPDATE conversations SET public_head = 4, public_chain = {link_of(4)} WHERE id = 'c_1'",
            ],
            [("c_1", "public", 6, "cut_off")],
        ),
    ],
    ids=["time", "role", "author", "text", "delete", "reorder", "truncate"],
)
async def test_the_first_bad_row_is_named(
    house: LogHouse, statements: list[str], named: list[tuple[str, str, int, str]]
) -> None:
    await signer(house).sign_now()
    await by_hand(house, *statements)
    assert await faults(house) == named


async def test_a_row_that_was_put_in_is_named(house: LogHouse) -> None:
    await by_hand(
        house,
        "INSERT INTO events (conversation, thread, seq, at, type, by_role, by_id, by_name, body)"
        " SELECT number, 'public', 7, 1790000000000, 'message_posted', 'agent', 'a_1', 'Anna', body"
        " FROM conversations, events WHERE id = 'c_1' AND conversation = number AND thread = 'public' AND seq = 6",
        "UPDATE conversations SET public_head = 7 WHERE id = 'c_1'",
    )
    assert await faults(house) == [("c_1", "public", 7, "unsealed")]


async def test_a_text_that_was_taken_out_without_a_word_is_named(house: LogHouse) -> None:
    head = await house.head("c_1")
    said = MessagePosted(text="", removed=["erased"])
    await house.database.write(lambda conn: empty_row(conn, head, "public", 2, said))
    assert await faults(house) == [("c_1", "public", 2, "emptied")]
    await house.add("c_1", SYSTEM, MessageRemoved(message="c_1-2", removed=["erased"]))
    assert await faults(house) == []


async def test_a_whole_log_put_back_is_found_through_the_anchors(house: LogHouse, tmp_path: Path) -> None:
    its = signer(house, tmp_path)
    await its.sign_now()
    await house.say("c_1", "the last word")
    await its.sign_now()
    assert await faults(house, tmp_path) == []
    await by_hand(
        house,
        f"DELETE FROM events WHERE {C1} AND seq > 6",
        f"UPDATE conversations SET public_head = 6, public_chain = {link_of(6)}, public_rooted = 6 WHERE id = 'c_1'",
        "DELETE FROM roots WHERE number = 2",
        "DELETE FROM root_leaves WHERE root = 2",
    )
    assert await faults(house) == []  # the database alone cannot know
    assert await faults(house, tmp_path) == [("", "roots", 2, "rolled_back"), ("c_1", "public", 7, "cut_off")]


async def test_a_root_that_was_changed_is_named(house: LogHouse) -> None:
    await signer(house).sign_now()
    await by_hand(house, "UPDATE roots SET at = at + 1")
    assert await faults(house) == [("", "roots", 1, "bad_signature")]
    await by_hand(house, "UPDATE roots SET at = at - 1", "DELETE FROM root_leaves WHERE conversation = 'c_2'")
    assert await faults(house) == [("", "roots", 1, "other_leaves")]


async def test_erasure_and_removal_leave_every_proof_whole(house: LogHouse, tmp_path: Path) -> None:
    await signer(house, tmp_path).sign_now()
    await house.database.write(lambda conn: destroy_user_key(conn, USER.subject) and None)
    assert await faults(house, tmp_path) == []
    lines = [line async for line in export_lines(house.database, rooted_threads)]
    checked = check_file(b"\n".join(lines), [])
    assert (checked.conversations, checked.faults) == (2, [])


# --- files alone ---


async def exported(house: LogHouse) -> list[dict[str, Any]]:
    await signer(house).sign_now()
    return [json.loads(line) async for line in export_lines(house.database, rooted_threads)]


def check(*lines: dict[str, Any], keys: list[str] | None = None) -> list[tuple[str, str, int, str]]:
    content = b"\n".join(json.dumps(line).encode() for line in lines)
    return [(one.conversation, one.thread, one.seq, one.reason) for one in check_file(content, keys or []).faults]


async def test_an_export_can_be_checked_by_itself(house: LogHouse) -> None:
    lines = await exported(house)
    assert check(*lines) == []
    key = lines[0]["proof"]["roots"][0]["signed"]["public_key"]
    assert check(*lines, keys=[key]) == []
    assert ("c_1", "public", 6, "unknown_key") in check(*lines, keys=["00" * 32])


def rewrite(event: dict[str, Any]) -> None:
    event["text"] = "something else"


def rename(event: dict[str, Any]) -> None:
    event["by"]["name"] = "Mallory"


def redate(event: dict[str, Any]) -> None:
    event["at"] += 1


@pytest.mark.parametrize("change", [rewrite, rename, redate])
async def test_what_was_changed_in_an_export_is_named(
    house: LogHouse, change: Callable[[dict[str, Any]], None]
) -> None:
    line = (await exported(house))[0]
    change(line["events"][2])
    assert check(line) == [("c_1", "public", 3, "changed")]


async def test_an_export_that_was_cut_or_reordered_is_named(house: LogHouse) -> None:
    line = (await exported(house))[0]
    cut = json.loads(json.dumps(line))
    cut["events"] = [event for event in cut["events"] if event["seq"] != 6]
    cut["proof"]["rows"]["public"].pop()
    assert check(cut) == [("c_1", "public", 6, "missing"), ("c_1", "public", 6, "other_past")]
    line["events"][1], line["events"][2] = line["events"][2], line["events"][1]
    assert ("c_1", "public", 2, "misplaced") in check(line)


@pytest.mark.parametrize("content", [b"[]", b"{}", b"no json", b'{"evidence":{}}', b"1"])
def test_another_file_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(ValueError, match="Line 1 is no exported conversation and no pack"):
        check_file(content, [])


async def packed(house: LogHouse, folder: Path) -> dict[str, Any]:
    packer = Packer(house.database, house.clock, signer(house, folder))
    transactions = [{"id": "tx_1", "amount": "12.50", "status": "失败"}]
    by = {"id": "a_sue", "name": "Sue", "role": "supervisor"}
    pack: dict[str, Any] = json.loads(await packer.pack(await house.head("c_1"), by, "a complaint", transactions))
    return pack


async def test_a_pack_holds_everything_and_is_signed(house: LogHouse, tmp_path: Path) -> None:
    pack = await packed(house, tmp_path)
    evidence = pack["evidence"]
    assert [event["text"] for event in evidence["record"]["events"]][-1] == "a note"
    assert evidence["transactions"][0]["status"] == "失败"
    assert evidence["faults"] == []
    assert len(evidence["record"]["proof"]["roots"]) == 2
    assert check(pack) == []
    assert check(pack, keys=evidence["public_keys"]) == []
    assert check(pack, keys=["00" * 32])[0] == ("c_1", "", 0, "unknown_key")


async def test_a_pack_that_was_changed_is_named(house: LogHouse, tmp_path: Path) -> None:
    pack = await packed(house, tmp_path)
    pack["evidence"]["transactions"][0]["amount"] = "1250.00"
    assert check(pack) == [("c_1", "", 0, "bad_signature")]
