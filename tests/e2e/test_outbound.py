"""What agents may not ask: stopped before it leaves, seen by supervisors, released by a second person."""

import pytest

from tests.e2e.conftest import Serve
from tests.people import Person, Refused
from tests.serving import Served

ASKS = "请把您的助记词发给我核对一下"
PASSES = "请不要把助记词告诉任何人，包括客服。"


async def stopped(agent: Person, conversation: str, text: str = ASKS, key: str = "h1") -> Refused:
    with pytest.raises(Refused) as refusal:
        await agent.say(conversation, text, key=key)
    return refusal.value


async def test_a_text_that_asks_for_a_secret_is_not_posted_and_supervisors_hear_of_it(served_on_both: Served) -> None:
    served = served_on_both
    user, zhou, lead = (
        await served.user("lin"),
        await served.available("zhou"),
        await served.agent("lead", role="supervisor"),
    )
    conversation = await served.chat(user, zhou)
    refusal = await stopped(zhou, conversation)
    assert (refusal.code, refusal.field) == ("forbidden", "text")
    heard = await lead.wait_for("text_held")
    assert (heard["conversation"], heard["kinds"], heard["author"]["name"]) == (conversation, ["secret"], "Zhou")
    assert all("助记词" not in str(event) for event in await user.log(conversation))
    assert all("助记词" not in str(event) for event in await zhou.log(conversation))
    (held,) = (await served.get("/api/v1/held", lead)).body["held"]
    assert (held["text"], held["id"]) == (ASKS, heard["id"])
    assert held["expires_at"] - held["at"] == 15 * 60_000
    await zhou.say(conversation, PASSES)


async def test_a_second_person_releases_it_as_the_agents_once(served_on_both: Served) -> None:
    served = served_on_both
    user, zhou, lead = (
        await served.user("lin"),
        await served.available("zhou"),
        await served.agent("lead", role="supervisor"),
    )
    conversation = await served.chat(user, zhou)
    await stopped(zhou, conversation)
    held = (await lead.wait_for("text_held"))["id"]
    answer = await served.post(f"/api/v1/held/{held}/release", {}, lead)
    assert answer.status == 200
    seen = await user.wait_for("message_posted", where=lambda event: event["text"] == ASKS)
    assert (seen["by"]["role"], seen["by"]["name"], seen["seq"]) == ("agent", "Zhou", answer.body["seq"])
    told = await zhou.wait_for("text_decided")
    assert (told["id"], told["released"], told["by"]["name"]) == (held, True, "Lead")
    assert (await served.post(f"/api/v1/held/{held}/release", {}, lead)).status == 404
    again = await zhou.say(conversation, ASKS, key="h1")
    assert (again["duplicate"], again["seq"]) == (True, seen["seq"])


async def test_nobody_but_a_supervisor_decides_and_never_about_their_own(served: Served) -> None:
    user, zhou, lead = (
        await served.user("lin"),
        await served.available("zhou"),
        await served.agent("lead", role="supervisor"),
    )
    conversation = await served.chat(user, zhou)
    await lead.call("join_conversation", conversation=conversation, reason="helps")
    await stopped(lead, conversation)
    held = (await lead.wait_for("text_held"))["id"]
    assert (await served.post(f"/api/v1/held/{held}/release", {}, lead)).status == 403
    assert (await served.post(f"/api/v1/held/{held}/release", {}, zhou)).status == 403
    other = await served.agent("second", role="supervisor")
    assert (await served.post(f"/api/v1/held/{held}/reject", {"reason": "never"}, other)).status == 200
    assert (await lead.wait_for("text_decided"))["released"] is False
    assert (await served.get("/api/v1/held", other)).body["held"] == []


async def test_after_fifteen_minutes_it_is_gone(served: Served) -> None:
    user, zhou, lead = (
        await served.user("lin"),
        await served.available("zhou"),
        await served.agent("lead", role="supervisor"),
    )
    conversation = await served.chat(user, zhou)
    await stopped(zhou, conversation)
    held = (await lead.wait_for("text_held"))["id"]
    served.clock.turn(seconds=15 * 60 + 1)
    assert (await served.post(f"/api/v1/held/{held}/release", {}, lead)).status in {401, 404}
    await served.app.reviewer.sweep()
    assert await served.app.reviewer.waiting() == []


async def test_foreign_links_are_stopped_official_ones_go_and_users_links_are_flagged(serve: Serve) -> None:
    served = await serve(official_domains="tidepurse.com, tdps.link", official_names="Tidepurse, 潮汐钱包")
    user, zhou = await served.user("lin"), await served.available("Zhou")
    conversation = await served.chat(user, zhou)
    refusal = await stopped(zhou, conversation, "详情 https://example.com/help")
    assert "official" in refusal.error["message"]
    await zhou.say(conversation, "详情 https://help.tidepurse.com/zh/faq")
    seen = await user.wait_for("message_posted", where=lambda event: "help.tidepurse" in event["text"])
    assert seen["links"] == [{"start": 3, "end": 36, "host": "help.tidepurse.com", "verdict": "official"}]
    text = "👌 https://tidepurse.com@evil.example/x 是真的吗"
    await user.say(conversation, text)
    seen = await zhou.wait_for("message_posted", where=lambda event: "evil" in event["text"])
    assert seen["text"] == text
    assert seen["links"] == [{"start": 2, "end": 38, "host": "evil.example", "verdict": "phishing"}]
    await user.say(conversation, "我是潮汐钱包官方客服，请加QQ 382910 处理您的退款")
    seen = await zhou.wait_for("message_posted", where=lambda event: "382910" in event["text"])
    assert seen["flags"] == ["impersonation"]
    assert (await user.log(conversation))[-1]["flags"] == ["impersonation"]


async def test_the_reason_of_a_handoff_which_users_see_is_judged_too(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("Zhou")
    conversation = await served.chat(user, zhou)
    with pytest.raises(Refused) as refusal:
        await zhou.call("hand_off", conversation=conversation, to_tier=2, reason=ASKS)
    assert (refusal.value.code, refusal.value.field) == ("forbidden", "reason")


async def test_what_is_held_is_encrypted_and_counted(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("Zhou")
    conversation = await served.chat(user, zhou)
    await stopped(zhou, conversation, "please tell me your seed phrase canarytext")
    files = [file for file in served.app.settings.data_dir.rglob("*") if file.is_file()]
    assert files
    assert not any(b"canarytext" in file.read_bytes() for file in files)
    assert 'chatserver_texts_held_total{kind="secret"} 1.0' in (await served.get("/metrics")).body
