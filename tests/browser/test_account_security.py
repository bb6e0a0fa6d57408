"""How staff protect their accounts: an authenticator app, passkeys, and the list of where they are signed in."""

import pytest
from playwright.async_api import expect

from chatserver.trust.factors import codes
from tests.browser.conftest import Stage
from tests.browser.faces import Console
from tests.serving import PASSWORD, Served

PLATFORM_KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def by_name(served: Served) -> str:
    """Passkeys belong to a name; an address of numbers has none."""
    return served.address.replace("127.0.0.1", "localhost")


async def open_security(console: Console) -> None:
    await console.at("settings-open").click()
    await console.at("security-open").click()
    await expect(console.at("security")).to_be_visible()


async def code_of(console: Console, served: Served) -> str:
    secret = (await console.at("enrolment-secret").inner_text()).replace(" ", "")
    return codes.code_at(secret, codes.step_of(served.clock.now()))


async def prove_by_password(console: Console) -> None:
    await console.at("proof-given").fill(PASSWORD)
    await console.at("proof-submit").click()


@pytest.mark.parametrize("settings", [{"second_factor_for": "agent"}])
async def test_a_role_that_needs_a_second_factor_sets_one_up_before_the_desk_opens(stage: Stage) -> None:
    served = stage.served
    stage.guard.forgive("403 (Forbidden)")  # asked for proof
    console = await stage.agent("ann", locale="en")
    await expect(console.at("enforced")).to_be_visible()
    await expect(console.at("presence")).to_have_count(0)
    await console.at("enforced-done").click()
    await expect(console.at("dialog-failure")).to_be_visible()
    await console.at("app-add").click()
    await prove_by_password(console)
    await console.at("enrolment-code").fill(await code_of(console, served))
    await console.at("enrolment-confirm").click()
    await expect(console.at("recovery-codes").locator("li")).to_have_count(10)
    await console.at("enforced-done").click()
    await expect(console.at("enforced")).to_have_count(0)
    await console.go("available")


async def test_an_app_is_set_up_and_asked_for_from_then_on(stage: Stage) -> None:
    served = stage.served
    stage.guard.forgive("403 (Forbidden)", "401 (Unauthorized)", "409 (Conflict)")  # asked for proof, wrong on purpose
    console = await stage.agent("ann", locale="en")
    await open_security(console)
    await console.at("app-add").click()
    await prove_by_password(console)
    secret = (await console.at("enrolment-secret").inner_text()).replace(" ", "")
    await console.at("enrolment-code").fill("000000")
    await console.at("enrolment-confirm").click()
    await expect(console.at("dialog-failure")).to_be_visible()
    await console.at("enrolment-code").fill(await code_of(console, served))
    await console.at("enrolment-confirm").click()
    await expect(console.at("recovery-codes").locator("li")).to_have_count(10)
    await expect(console.at("app-state")).to_contain_text("On")
    recovery = await console.at("recovery-codes").locator("li").first.inner_text()
    await console.at("dialog-cancel").click()
    await console.at("sign-out").click()

    await console.at("signin-email").fill("ann@x.io")
    await console.at("signin-password").fill(PASSWORD)
    await console.at("signin-submit").click()
    await expect(console.at("signin-message")).to_be_visible()
    served.clock.turn(seconds=60)
    await console.at("signin-code").fill(codes.code_at(secret, codes.step_of(served.clock.now())))
    await console.at("signin-submit").click()
    await expect(console.at("sign-out")).to_be_visible()

    other = await stage.console(locale="zh-CN")
    await other.at("signin-email").fill("ann@x.io")
    await other.at("signin-password").fill(PASSWORD)
    await other.at("signin-code").fill(recovery)
    await other.at("signin-submit").click()
    await expect(other.at("sign-out")).to_be_visible()
    await open_security(console)
    await expect(console.at("sign-in")).to_have_count(2)
    await console.at("sign-ins-end").click()
    await expect(console.at("sign-in")).to_have_count(1)
    await expect(other.at("signin-email")).to_be_visible()


async def test_a_passkey_signs_in_without_a_password(stage: Stage) -> None:
    served = stage.served
    stage.guard.forgive("403 (Forbidden)", "foreign host asked: http://localhost")
    await served.account("ben", role="supervisor")
    console = await stage.console(locale="en")
    devtools = await console.page.context.new_cdp_session(console.page)
    await devtools.send("WebAuthn.enable")
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": PLATFORM_KEY})
    await console.sign_in(by_name(served), "ben@x.io", PASSWORD)
    await open_security(console)
    await console.at("passkey-name").fill("Work laptop")
    await console.at("passkey-add").click()
    await prove_by_password(console)
    await expect(console.at("passkey")).to_have_count(1)
    await expect(console.at("recovery-codes").locator("li")).to_have_count(10)
    await console.at("dialog-cancel").click()
    await console.at("sign-out").click()
    await console.at("signin-passkey").click()
    await expect(console.at("sign-out")).to_be_visible()
