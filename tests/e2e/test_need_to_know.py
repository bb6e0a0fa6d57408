"""Staff see users masked; a reason opens one field for ten minutes; who looks too much is told of and shut out."""

from typing import Any

import pytest

from chatserver.trust.oversight import rules
from tests.e2e.conftest import Serve
from tests.e2e.test_audit import rows
from tests.people import Person
from tests.serving import Answer, Served

CONTACT = {
    "name": "Lin Weizhen",
    "email": "lin.weizhen@example.com",
    "phone_number": "+86 138 0013 8000",
    "wallet": "0x52908400098527886E0F7030069857D2E4169EE7",
}
CLEAR = ("Weizhen", "lin.weizhen", "0013", "0x5290", "order-77")


async def house(served: Served) -> tuple[Person, Person, str]:
    lin, zhou = await served.user("lin", **CONTACT), await served.available("zhou")
    return lin, zhou, await served.chat(lin, zhou, attributes={"order": "order-77"})


def fields(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer.body
    return {one["field"]: one["value"] for one in answer.body["user"]["fields"]}


async def test_a_profile_is_masked_for_everybody_and_lists_show_agents_the_first_name(served: Served) -> None:
    _, zhou, _ = await house(served)
    lead = await served.agent("lead", role="supervisor")
    auditor = await served.agent("audit", role="auditor")
    for who in (zhou, lead, auditor):
        answer = await served.get("/api/v1/users/lin", who)
        assert fields(answer) == {
            "name": "Lin",
            "email": "l***@example.com",
            "phone": "***00",
            "wallet": "***9EE7",
            "attribute.order": "***",
        }
        assert not any(clear in str(answer.body) for clear in CLEAR)
        assert answer.body["watermark"]["agent"] == who.id
    for who, name in ((zhou, "Lin"), (lead, "Lin Weizhen")):
        listed = await served.get("/api/v1/conversations", who)
        assert [one["user"]["name"] for one in listed.body["conversations"]] == [name]


async def test_answers_to_the_topics_questions_are_shown_to_who_serves_and_everything_else_is_masked(
    served: Served,
) -> None:
    boss, lead = await served.agent("boss", role="admin"), await served.agent("lead", role="supervisor")
    both = {"zh": "订单", "en": "Order"}
    topic = {"title": both, "fields": [{"id": "order", "label": both, "kind": "order"}]}
    assert (await served.request("PUT", "/api/v1/admin/topics/refund", boss, json=topic)).status == 200
    lin, zhou = await served.user("lin", **CONTACT), await served.available("zhou")
    told = {"order": "order-77", "imei": "imei-4411"}
    conversation = await served.chat(lin, zhou, topic="refund", attributes=told)

    async def shown(who: Person) -> dict[str, str]:
        answer = await served.get(f"/api/v1/conversations/{conversation}/contact", who)
        assert answer.status == 200, answer.body
        attributes: dict[str, str] = answer.body["attributes"]
        return attributes

    assert await shown(zhou) == {"order": "order-77", "imei": "***"}
    assert await shown(lead) == told
    await zhou.call("close_conversation", conversation=conversation)
    assert await shown(zhou) == {"order": "***", "imei": "***"}


async def test_events_are_the_same_for_every_reader(served: Served) -> None:
    lin, zhou, conversation = await house(served)
    await lin.call("send_message", conversation=conversation, key="1", text="hello")
    lead = await served.agent("lead", role="supervisor")
    logs = [await who.log(conversation) for who in (zhou, lead)]
    assert logs[0] == logs[1]
    assert {event["by"]["name"] for event in logs[0] if event["by"]["role"] == "user"} == {"Lin Weizhen"}


async def test_an_installation_may_tell_events_the_first_name_only(serve: Serve) -> None:
    served = await serve(shown_names="first")
    lin, zhou, conversation = await house(served)
    await lin.call("send_message", conversation=conversation, key="1", text="hello")
    assert {event["by"]["name"] for event in await zhou.log(conversation) if event["by"]["role"] == "user"} == {"Lin"}


async def test_a_field_is_shown_for_a_reason_for_ten_minutes_to_who_asked(served: Served) -> None:
    _, zhou, conversation = await house(served)
    auditor = await served.agent("audit", role="auditor")
    asked = {"field": "email", "reason": "Confirms the account", "conversation": conversation}
    shown = await served.post("/api/v1/users/lin/reveal", asked, zhou)
    assert (shown.status, shown.body["value"]) == (200, CONTACT["email"])
    assert fields(await served.get("/api/v1/users/lin", zhou))["email"] == CONTACT["email"]
    assert fields(await served.get("/api/v1/users/lin", zhou))["phone"] == "***00"
    lead = await served.agent("lead", role="supervisor")
    assert fields(await served.get("/api/v1/users/lin", lead))["email"] == "l***@example.com"
    served.clock.turn(seconds=601)
    zhou = await served.agent("zhou")
    assert fields(await served.get("/api/v1/users/lin", zhou))["email"] == "l***@example.com"
    auditor = await served.agent("audit")
    (noted,) = await rows(served, auditor, action="revealed")
    assert (noted["object"], noted["reason"], noted["fields"]["field"]) == ("user:lin", "Confirms the account", "email")
    assert CONTACT["email"] not in str(await rows(served, auditor))


async def test_what_is_not_ones_own_to_know_is_refused(served: Served) -> None:
    _, zhou, conversation = await house(served)
    meng = await served.agent("meng")
    asked = {"field": "email", "reason": "x", "conversation": conversation}
    for answer in (await served.get("/api/v1/users/lin", meng), await served.get("/api/v1/users/nobody", zhou)):
        assert (answer.status, answer.body["error"]["code"]) == (404, "not_found")
    assert (await served.post("/api/v1/users/lin/reveal", asked, meng)).status == 404
    assert (await served.post("/api/v1/users/may/reveal", asked, zhou)).status == 409
    other = await served.post("/api/v1/users/lin/reveal", asked | {"field": "passport"}, zhou)
    assert (other.status, other.body["error"]["field"]) == (400, "field")
    assert (await served.post("/api/v1/users/lin/reveal", asked | {"reason": ""}, zhou)).status == 400


async def test_one_reveal_too_many_is_refused_and_supervisors_hear_of_it(serve: Serve) -> None:
    served = await serve(rate_factor=1.0)
    lead = await served.agent("lead", role="supervisor")
    lin, zhou = await served.user("lin"), await served.available("zhou")
    many = {f"a{number}": "x" for number in range(18)}
    conversation = await served.chat(lin, zhou, attributes=many)

    async def reveal(number: int) -> Answer:
        asked = {"field": f"attribute.a{number}", "reason": "r", "conversation": conversation}
        return await served.post("/api/v1/users/lin/reveal", asked, zhou)

    assert [(await reveal(number)).status for number in range(5)] == [200] * 5
    refused = await reveal(5)
    assert (refused.status, refused.body["error"]["code"]) == (429, "rate_limited")
    assert refused.body["error"]["retry_after_ms"] > 3_000_000
    assert (await reveal(0)).status == 200  # the same once more is no further look
    alert = (await lead.wait_for("alert"))["alert"]
    assert (alert["kind"], alert["agent"]["id"], alert["count"], alert["bound"]) == ("reveals", zhou.id, 6, 5)
    for number in range(6, 14):
        assert (await reveal(number)).status == 429
    assert zhou.here
    await reveal(14)
    suspended = (await lead.wait_for("alert", lambda body: body["alert"]["suspended"]))["alert"]
    assert suspended["agent"]["id"] == zhou.id
    await zhou.gone()
    assert (await served.get("/api/v1/me", zhou)).status == 401
    stored = await served.get("/api/v1/alerts", lead, open="true")
    assert [one["suspended"] for one in stored.body["alerts"]] == [True, False]
    seen = await served.post(f"/api/v1/alerts/{alert['id']}/seen", {}, lead)
    assert seen.body["alert"]["seen_by"]["id"] == lead.id
    assert len((await served.get("/api/v1/alerts", lead, open="true")).body["alerts"]) == 1
    auditor = await served.agent("audit", role="auditor")
    (noted,) = await rows(served, auditor, action="agent_suspended")
    assert (noted["actor"], noted["object"]) == ("system", f"agent:{zhou.id}")


async def test_who_opens_one_foreign_conversation_after_the_other_is_told_of(serve: Serve) -> None:
    served = await serve(rate_factor=1.0)
    lead = await served.agent("lead", role="supervisor")
    boss = await served.agent("boss", role="supervisor")
    users = [await served.app.sign_in.gate.admit({"as": "user"}) for _ in range(181)]
    opened = []
    for admitted in users:
        body = b'{"key":"k","text":"hi"}'
        started = await served.app.registry.run(admitted.session, "start_conversation", body)
        opened.append(started.conversation.id)
    for conversation in opened:
        assert (await served.get(f"/api/v1/conversations/{conversation}", boss)).status == 200
    alert = (await lead.wait_for("alert"))["alert"]
    assert (alert["kind"], alert["agent"]["id"], alert["bound"]) == ("conversations", boss.id, 180)


async def test_an_agents_own_conversations_are_no_look_ups(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.LIMITS, "conversations", rules.Limit(1))
    served = await serve(rate_factor=1.0)
    lead = await served.agent("lead", role="supervisor")
    zhou = await served.available("zhou")
    for name in ("lin", "may", "kim"):
        conversation = await served.chat(await served.user(name), zhou)
        await zhou.call("sync", conversation=conversation, after=0)
    await lead.told()
    assert (await served.get("/api/v1/alerts", lead)).body["alerts"] == []
