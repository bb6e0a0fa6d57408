"""Secrets that people write: never stored, never shown, and the user is told what to do."""

import sqlite3
from contextlib import closing

from tests.e2e.conftest import Serve
from tests.people import Person
from tests.serving import Served

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
CARD = "4111 1111 1111 1111"


def stored_bytes(served: Served, secret: str) -> bool:
    """Whether a secret is anywhere in the data folder, word for word."""
    files = [file for file in served.app.settings.data_dir.rglob("*") if file.is_file()]
    assert files
    return any(secret.encode() in file.read_bytes() for file in files)


async def opened(person: Person, text: str = "hello") -> str:
    started = await person.call("start_conversation", key="k-start", text=text)
    return str(started["conversation"]["id"])


async def test_a_recovery_phrase_is_taken_out_before_anything_is_stored_or_shown(served_on_both: Served) -> None:
    served = served_on_both
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    await user.say(conversation, f"my words: {PHRASE} please help")
    seen = await zhou.wait_for("message_posted", where=lambda event: "please help" in event["text"])
    assert seen["text"] == "my words: [removed: mnemonic] please help"
    assert seen["removed"] == ["mnemonic"]
    for reader in (user, zhou):
        assert all("winner" not in str(event) for event in await reader.log(conversation))
    assert all("winner" not in str(heard) for heard in zhou.heard)


async def test_the_types_come_in_the_order_of_the_text(served: Served) -> None:
    user = await served.user("lin")
    conversation = await opened(user, f"{CARD} exp 12/29 cvv 123, password: hunter2!x")
    event = await user.wait_for("message_posted", where=lambda event: event["by"]["role"] == "user")
    assert event["removed"] == ["card", "expiry", "cvv", "password"]
    assert event["text"] == "[removed: card] exp [removed: expiry] cvv [removed: cvv], password: [removed: password]"
    assert all(CARD not in str(stored) for stored in await user.log(conversation))


async def test_a_phrase_in_three_parts_is_stopped_and_the_earlier_parts_are_emptied(served_on_both: Served) -> None:
    served = served_on_both
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    words = PHRASE.split()
    first = await user.say(conversation, " ".join(words[:4]))
    second = await user.say(conversation, " ".join(words[4:8]))
    third = await user.say(conversation, " ".join(words[8:]))
    emptied = [(await zhou.wait_for("message_removed"))["message"] for _ in range(2)]
    assert emptied == [first["id"], second["id"]]
    for reader in (user, zhou):
        log = {event["id"]: event for event in await reader.log(conversation)}
        for part in (first, second):
            assert (log[part["id"]]["text"], log[part["id"]]["removed"]) == ("", ["mnemonic"])
        assert log[third["id"]]["text"] == "[removed: mnemonic]"
    for format_ in ("json", "csv", "html", "txt"):
        answer = await served.get(f"/api/v1/conversations/{conversation}/transcript", zhou, format=format_)
        assert not any(word in str(answer.body) for word in ("winner", "sausage", "yellow"))
    found = await served.get("/api/v1/conversations", zhou, query="sausage")
    assert found.body["conversations"] == []


async def test_parts_from_two_devices_with_an_agents_replies_between_are_one_secret(served_on_both: Served) -> None:
    served = served_on_both
    phone, laptop, zhou = await served.user("lin"), await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(phone, zhou)
    words = PHRASE.split()
    first = await phone.say(conversation, " ".join(words[:5]))
    await zhou.say(conversation, "您好，我是客服，请稍等，我正在为您查询。")  # a canned reply
    await phone.call("typing", conversation=conversation, on=True, draft="and")
    second = await laptop.say(conversation, " ".join(words[5:9]))
    await zhou.call("add_note", conversation=conversation, key="n", text="looks lost")
    await zhou.say(conversation, "Thank you, please wait a moment.")
    third = await phone.say(conversation, " ".join(words[9:]))
    for reader in (phone, laptop, zhou):
        log = {event["id"]: event for event in await reader.log(conversation) if event["type"] == "message_posted"}
        assert [log[one["id"]]["text"] for one in (first, second, third)] == ["", "", "[removed: mnemonic]"]
    for screen in (phone, laptop, zhou):
        for part in (first, second):
            assert (await screen.wait_for("message_removed", message=part["id"]))["removed"] == ["mnemonic"]
    assert not stored_bytes(served, "sausage")


async def test_what_an_agent_says_ends_no_secret_of_the_user(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    words = PHRASE.split()
    said = await user.say(conversation, " ".join(words[:6]))
    await zhou.say(conversation, " ".join(words[6:]))
    log = {event["id"]: event for event in await user.log(conversation) if event["type"] == "message_posted"}
    assert log[said["id"]]["text"] == " ".join(words[:6])


async def test_a_secret_begun_before_a_new_sign_in_ends_after_it(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    words = PHRASE.split()
    first = await user.say(conversation, " ".join(words[:6]))
    await user.leave()
    again = await served.user("lin")
    await again.say(conversation, " ".join(words[6:]))
    log = {event["id"]: event for event in await zhou.log(conversation) if event["type"] == "message_posted"}
    assert log[first["id"]]["text"] == ""
    assert "sausage" not in str(log)


async def test_no_byte_of_a_secret_is_left_in_the_data_folder(served: Served) -> None:
    user = await served.user("lin")
    conversation = await opened(user)
    words = PHRASE.split()
    await user.say(conversation, " ".join(words[:6]))
    await user.say(conversation, " ".join(words[6:]))
    await user.say(conversation, f"and my card is {CARD}")
    with closing(sqlite3.connect(served.app.settings.data_dir / "chatserver.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what was overwritten is in the log of pages until then
    assert not stored_bytes(served, "sausage")
    assert not stored_bytes(served, CARD)
    assert not stored_bytes(served, "and my card is")  # the rest is sealed
    assert stored_bytes(served, conversation)  # what is looked for as it is stored would be found


async def test_the_user_is_told_what_to_do_once_also_while_an_agent_serves(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    said = await user.say(conversation, PHRASE, key="k1")
    notice = await user.wait_for("message_posted", where=lambda event: event["by"]["role"] == "bot")
    assert notice["by"]["id"] is None
    assert notice["seq"] > said["seq"]
    assert "move all your funds" in notice["text"]
    assert (await user.say(conversation, PHRASE, key="k1"))["duplicate"]
    await user.say(conversation, "thank you")
    bots = [event for event in await user.log(conversation) if event["by"]["role"] == "bot"]
    assert len(bots) == 1


async def test_the_notice_is_in_the_language_of_the_user(served: Served) -> None:
    user = await served.user("lin", locale="zh-CN")
    await opened(user, f"助记词：{PHRASE}")
    await user.wait_for("message_posted", where=lambda event: "新建一个钱包" in event["text"])


async def test_every_other_free_text_is_cleaned_too(served: Served) -> None:
    user, zhou = await served.user("lin", name=f"Lin {CARD}"), await served.available("zhou")
    assert user.welcome["session"]["name"] == "Lin [removed: card]"
    conversation = await served.chat(user, zhou)
    await user.call("typing", conversation=conversation, on=True, draft=PHRASE)
    draft = await zhou.wait_for("typing")
    assert "winner" not in draft["draft"]
    await zhou.call("add_note", conversation=conversation, key="n1", text=f"user gave {PHRASE}")
    await zhou.call("hand_off", conversation=conversation, to_tier=2, reason=f"card {CARD}", note="password: hunter2!x")
    log = await zhou.log(conversation)
    assert log[-1]["reason"] == "card [removed: card]"
    notes = [event["text"] for event in await zhou.log(conversation, "internal")]
    assert notes == ["user gave [removed: mnemonic]", "password: [removed: password]"]
    await user.call("close_conversation", conversation=conversation)
    await user.call("rate_conversation", conversation=conversation, score=1, comment=f"here: {PHRASE}")
    assert (await user.log(conversation))[-1]["comment"] == "here: [removed: mnemonic]"


async def test_hashes_addresses_order_numbers_and_amounts_pass_unchanged(served: Served) -> None:
    user = await served.user("lin")
    texts = [
        "tx 0x7d7351369cbc2c2f23959e91ab444bff2d4434f0c1f33564e44c4356956d5455 is stuck",
        "USDT 打到 TTcXx7hhF44EUtcLwhAUXy9iEBrk1RgTGe 没到",
        "商户订单号 2025514027932469304 扣款两次",
        "I was charged $1,249.99 twice",
        "我叫王芳，18600001122，订单28656307378584",
    ]
    conversation = await opened(user)
    for text in texts:
        await user.say(conversation, text)
    log = await user.log(conversation)
    said = [event for event in log if event["type"] == "message_posted" and event["by"]["role"] == "user"]
    assert [event["text"] for event in said] == ["hello", *texts]
    assert all("removed" not in event for event in log)


async def test_contacts_are_taken_out_where_the_desk_says_so(serve: Serve) -> None:
    served = await serve(remove_contacts=True)
    user = await served.user("lin")
    conversation = await opened(user, "call me on +86 13979711369")
    texts = [event["text"] for event in await user.log(conversation) if event["type"] == "message_posted"]
    assert texts[0] == "call me on [removed: pii]"


async def test_incidents_are_counted_by_type(served: Served) -> None:
    user = await served.user("lin")
    conversation = await opened(user, PHRASE)
    await user.say(conversation, f"{CARD}")
    await user.wait_for("message_posted", where=lambda event: event.get("removed") == ["card"])
    figures = (await served.get("/metrics")).body
    for kind in ("mnemonic", "card"):
        assert f'chatserver_secrets_removed_total{{type="{kind}"}} 1.0' in figures
