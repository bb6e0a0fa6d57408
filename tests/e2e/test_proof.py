"""Whether this chat is the real support: the same phrase in the host app and the chat, and a page that checks it."""

from tests.serving import Served


async def test_the_phrase_is_the_same_in_the_host_app_and_the_chat_and_is_found_true(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    in_the_app = (await served.get("/api/v1/proof", user)).body
    in_the_chat = (await served.get(f"/api/v1/conversations/{conversation}/proof", user)).body
    at_the_desk = (await served.get(f"/api/v1/conversations/{conversation}/proof", zhou)).body
    assert in_the_chat["phrase"] == at_the_desk["phrase"] == in_the_app
    assert in_the_chat["agent"]["name"] == "Zhou"
    for said in (in_the_app["zh"], in_the_app["en"].upper()):
        assert (await served.get("/api/v1/proof/check", said=said)).body == {"genuine": True, "kind": "phrase"}
    code = in_the_chat["agent"]["code"]
    found = (await served.get("/api/v1/proof/check", said=code)).body
    assert found == {"genuine": True, "kind": "agent", "name": "Zhou"}
    assert (await served.get("/api/v1/proof/check", said="amber amber amber amber")).body["genuine"] is False


async def test_the_page_says_so_and_repeats_nothing_as_markup(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    code = (await served.get(f"/api/v1/conversations/{conversation}/proof", user)).body["agent"]["code"]
    assert "Is this really you?" in str((await served.get("/verify")).body)
    assert "our agent “Zhou”" in str((await served.get("/verify", said=code)).body)
    wrong = str((await served.get("/verify", said='"><script>alert(1)</script>')).body)
    assert "It does not match" in wrong
    assert "<script>" not in wrong


async def test_checks_of_one_address_are_few(served: Served) -> None:
    answers = [(await served.get("/api/v1/proof/check", said=f"guess {number}")).status for number in range(31)]
    assert answers == [200] * 30 + [429]


async def test_a_user_with_a_name_of_staff_is_shown_under_a_neutral_one(served: Served) -> None:
    user, zhou = await served.user("mallory-9876", name="官方客服 ✓"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    await user.say(conversation, "hello there")
    seen = await zhou.wait_for("message_posted", where=lambda event: event["text"] == "hello there")
    assert seen["by"]["name"] in {"User 9876", "用户 9876"}
    assert seen["by"]["role"] == "user"
