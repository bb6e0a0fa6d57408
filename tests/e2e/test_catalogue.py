"""What the administration sets is what agents and users get: replies, macros, tags, topics, hours, texts."""

from typing import Any

from sqlalchemy import Connection, select

from chatserver.demo_desk import seed
from chatserver.trust.audit.tables import audit
from tests.people import Person
from tests.serving import Answer, Served

BOTH = {"zh": "一", "en": "one"}
REPLY = {
    "shortcut": "hi",
    "title": {"zh": "问候", "en": "Greeting"},
    "text": {"zh": "{user.name}您好，我是{agent.name}，订单 {order}", "en": "Hello {user.name}, order {order}"},
}


async def put(served: Served, who: Person, kind: str, id_: str, item: dict[str, Any]) -> Answer:
    return await served.request("PUT", f"/api/v1/admin/{kind}/{id_}", who, json=item)


async def house(served: Served) -> tuple[Person, Person, Person, str]:
    admin = await served.agent("boss", role="admin")
    user, agent = await served.user("lin", locale="zh-CN"), await served.available("zhou")
    conversation = await served.chat(user, agent, topic="transfer", attributes={"order": "88-1"})
    return admin, user, agent, conversation


async def test_every_change_is_a_version_that_is_kept_and_noted(served_on_both: Served) -> None:
    served = served_on_both
    admin = await served.agent("boss", role="admin")
    agent, lead = await served.agent("zhou"), await served.agent("lead", role="supervisor")
    first = await put(served, admin, "canned-replies", "hello", REPLY)
    assert (first.status, first.body["version"], first.body["by"]["name"]) == (200, 1, "Boss")
    second = await put(served, admin, "canned-replies", "hello", REPLY | {"shortcut": "hey"})
    assert second.body["version"] == 2
    versions = (await served.get("/api/v1/admin/canned-replies/hello/versions", lead)).body["items"]
    assert [(one["version"], one["item"]["shortcut"]) for one in versions] == [(2, "hey"), (1, "hi")]
    shown = (await served.get("/api/v1/canned-replies", agent)).body["items"]
    assert shown == [{"id": "hello", **REPLY, "shortcut": "hey"}]
    assert (await served.request("DELETE", "/api/v1/admin/canned-replies/hello", admin)).body == {}
    assert (await served.request("DELETE", "/api/v1/admin/canned-replies/hello", admin)).status == 404
    assert (await served.get("/api/v1/canned-replies", agent)).body == {"items": []}
    assert len((await served.get("/api/v1/admin/canned-replies/hello/versions", lead)).body["items"]) == 3
    assert (await put(served, admin, "canned-replies", "hello", REPLY)).body["version"] == 4
    for who in (agent, lead):
        assert (await put(served, who, "canned-replies", "hello", REPLY)).status == 403
    answer = await put(served, admin, "canned-replies", "other", REPLY)
    assert (answer.status, answer.body["error"]["field"]) == (400, "shortcut")

    def noted(conn: Connection) -> list[str]:
        query = select(audit.c.action).where(audit.c.action.like("setting_%")).order_by(audit.c.number)
        return list(conn.execute(query).scalars())

    noted_so = [*["setting_changed"] * 2, "setting_removed", "setting_changed"]
    await served.until(lambda conn: noted(conn) == noted_so)


async def test_a_reply_comes_filled_in_and_in_the_users_language(served: Served) -> None:
    admin, _, agent, conversation = await house(served)
    await put(served, admin, "canned-replies", "hello", REPLY)
    asks = {"shortcut": "a", "text": {"zh": "{amount}", "en": ""}}
    await put(served, admin, "canned-replies", "amount", REPLY | asks)
    replies = (await served.get(f"/api/v1/conversations/{conversation}/replies", agent)).body["replies"]
    hello = next(one for one in replies if one["id"] == "hello")
    assert (hello["shortcut"], hello["title"], hello["missing"]) == ("hi", "问候", [])
    assert hello["text"] == "Lin您好，我是Zhou，订单 88-1"
    assert next(one for one in replies if one["id"] == "amount")["missing"] == ["amount"]


async def test_a_macro_does_all_its_actions_and_none_twice(served: Served) -> None:
    admin, user, agent, conversation = await house(served)
    await put(served, admin, "canned-replies", "hello", REPLY)
    await put(served, admin, "tags", "vip", {"name": BOTH})
    actions = [{"do": "reply", "reply": "hello"}, {"do": "tag", "tag": "vip"}, {"do": "note", "text": "done"}]
    macro = {"shortcut": "m", "title": BOTH, "actions": [*actions, {"do": "close", "disposition": "solved"}]}
    assert (await put(served, admin, "macros", "m", macro)).status == 200
    body = {"conversation": conversation, "key": "k", "macro": "m"}
    assert await agent.refusal("run_macro", **body | {"macro": "none"}) == "invalid"
    assert await agent.call("run_macro", **body) == {"done": 4, "of": 4}
    said = await user.wait_for("message_posted", conversation=conversation)
    assert said["text"] == "Lin您好，我是Zhou，订单 88-1"
    await user.wait_for("conversation_closed", disposition="solved")
    assert [one["type"] for one in await agent.log(conversation, "internal")] == ["tags_changed", "note_added"]
    assert await agent.refusal("run_macro", **body) == "closed"
    assert (await user.types(conversation)).count("message_posted") == 1


async def test_a_macro_stops_where_an_action_is_refused(served: Served) -> None:
    admin, user, agent, conversation = await house(served)
    actions = [{"do": "note", "text": "first"}, {"do": "hand_off", "to_tier": 1, "reason": "same tier"}]
    await put(served, admin, "macros", "m", {"shortcut": "m", "title": BOTH, "actions": actions})
    done = await agent.call("run_macro", conversation=conversation, key="k", macro="m")
    assert (done["done"], done["of"], done["error"]["code"]) == (1, 2, "invalid")
    again = await agent.call("run_macro", conversation=conversation, key="k", macro="m")
    assert again["done"] == 1
    assert [one["type"] for one in await agent.log(conversation, "internal")] == ["note_added"]
    assert user.here


async def test_tags_sort_a_conversation_and_users_never_learn_of_them(served_on_both: Served) -> None:
    served = served_on_both
    admin, user, agent, conversation = await house(served)
    for tag in ("vip", "fraud"):
        await put(served, admin, "tags", tag, {"name": BOTH})
    body = {"conversation": conversation, "tags": ["fraud", "vip", "fraud"]}
    assert await agent.refusal("set_tags", **body | {"tags": ["none"]}) == "invalid"
    assert await agent.call("set_tags", **body) == {"tags": ["fraud", "vip"]}
    assert (await agent.wait_for("tags_changed"))["tags"] == ["fraud", "vip"]
    shown = await served.get(f"/api/v1/conversations/{conversation}", agent)
    assert shown.body["conversation"]["tags"] == ["fraud", "vip"]
    theirs = (await served.get(f"/api/v1/conversations/{conversation}", user)).body["conversation"]
    assert not {"tags", "priority", "skill"} & theirs.keys()
    await agent.call("close_conversation", conversation=conversation)
    assert await agent.call("set_tags", conversation=conversation, tags=["vip"]) == {"tags": ["vip"]}
    other = await served.agent("meng")
    assert await other.refusal("set_tags", conversation=conversation, tags=[]) == "not_found"


async def test_topics_and_texts_are_the_desks_own_once_it_has_any(served: Served) -> None:
    admin = await served.agent("boss", role="admin")
    shipped = (await served.get("/api/v1/topics")).body["topics"]
    assert [one["id"] for one in shipped][:3] == ["freeze", "scam", "transfer"]
    assert {field["id"] for field in shipped[2]["fields"]} == {"order", "amount", "when"}
    field = {"id": "order", "label": BOTH, "kind": "order", "required": True}
    await put(served, admin, "topics", "cards", {"title": {"zh": "卡", "en": "Cards"}, "order": 1, "fields": [field]})
    own = (await served.get("/api/v1/topics")).body["topics"]
    assert own == [{"id": "cards", "zh": "卡", "en": "Cards", "fields": [field]}]
    await put(served, admin, "texts", "greeting", {"text": BOTH})
    assert (await served.get("/api/v1/texts")).body == {"items": [{"id": "greeting", "text": BOTH}]}


async def test_who_chooses_a_topic_gets_an_agent_with_its_skill_while_somebody_has_it(served_on_both: Served) -> None:
    served = served_on_both
    admin = await served.agent("boss", role="admin")
    topic = {"title": BOTH, "skill": "cards"}
    await put(served, admin, "topics", "cards", topic)
    await served.available("zhou")
    await served.available("meng")
    kyc = await served.available("kyc", skills=("cards", "kyc"), capacity=4)
    for number in range(4):
        user = await served.user(f"u{number}")
        started = await user.call("start_conversation", key="k1", topic="cards", want_agent=number % 2 == 0)
        if number % 2:  # whoever talks to the assistant first is not forgotten to have chosen
            await user.call("request_agent", conversation=started["conversation"]["id"])
        await user.sees(kyc)
    await served.account("phone", skills=("phone",))
    user = await served.user("asks")
    started = await user.call("start_conversation", key="k1", topic="cards", skill="phone", want_agent=True)
    assert started["conversation"]["status"] == "waiting"  # what is asked for counts more
    await put(served, admin, "topics", "cards", topic | {"skill": "alchemy"})
    served.clock.turn(seconds=3)
    user = await served.user("other")
    await user.call("start_conversation", key="k1", topic="cards", want_agent=True)
    await user.wait_for("agent_assigned")  # a skill that nobody has keeps nobody waiting


async def test_the_demo_fills_what_is_empty_and_leaves_what_somebody_changed(served: Served) -> None:
    admin, agent = await served.agent("boss", role="admin"), await served.agent("zhou")
    await put(served, admin, "tags", "own", {"name": BOTH})
    for _ in range(2):
        await served.app.database.write(lambda conn: seed(conn, served.clock.now()))
    assert [one["id"] for one in (await served.get("/api/v1/tags", agent)).body["items"]] == ["own"]
    assert len((await served.get("/api/v1/canned-replies", agent)).body["items"]) > 10


async def test_nothing_is_kept_for_users_that_asks_for_what_support_never_asks_for(served: Served) -> None:
    admin = await served.agent("boss", role="admin")
    asks = {"zh": "请把您的助记词发给我", "en": "We will look into it."}
    answer = await put(served, admin, "canned-replies", "bad", REPLY | {"text": asks})
    assert (answer.status, answer.body["error"]["code"], answer.body["error"]["field"]) == (400, "invalid", "text")
    assert (await put(served, admin, "texts", "greeting", {"text": asks})).status == 400
    handed = {"do": "hand_off", "to_tier": 2, "reason": "please tell me your seed phrase"}
    macro = {"shortcut": "m", "title": BOTH, "actions": [handed]}
    assert (await put(served, admin, "macros", "bad", macro)).body["error"]["field"] == "actions"
    question = {"id": "code", "label": {"zh": "请提供您的短信验证码", "en": "Code"}, "kind": "text"}
    assert (await put(served, admin, "topics", "bad", {"title": BOTH, "fields": [question]})).body["error"][
        "field"
    ] == "fields"
    warns = {"zh": "请不要把助记词告诉任何人。", "en": "Never share your recovery phrase."}
    assert (await put(served, admin, "canned-replies", "good", REPLY | {"text": warns})).status == 200


async def test_the_bot_greets_with_the_topics_of_the_desk(served_on_both: Served) -> None:
    served = served_on_both
    admin = await served.agent("boss", role="admin")
    user = await served.user("lin", locale="en")
    await user.call("start_conversation", key="k")
    shipped = await user.wait_for("message_posted", where=lambda event: event["by"]["role"] == "bot")
    assert "freeze my account" in shipped["text"]
    for order, (zh, en) in enumerate((("补卡", "A new card"), ("积分", "Points"))):
        topic = {"title": {"zh": zh, "en": en}, "order": order, "fields": []}
        assert (await put(served, admin, "topics", f"own-{order}", topic)).status == 200
    other = await served.user("wei", locale="zh-CN")
    await other.call("start_conversation", key="k")
    own = await other.wait_for("message_posted", where=lambda event: event["by"]["role"] == "bot")
    assert "常见问题：补卡、积分\n" in own["text"]
