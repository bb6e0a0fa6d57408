"""What staff may see of users and of each other: masked until needed, decided by two, and kept."""

from playwright.async_api import expect

from tests.browser.conftest import Stage


async def test_a_field_is_revealed_with_a_reason_that_the_auditor_reads(stage: Stage) -> None:
    ann = await stage.agent("ann", locale="en")
    await ann.go("available")
    user = await stage.served.user("lin", name="Lin Xiaoyun")
    told = {"device": "iPhone · Safari 17", "shop": "Riverside"}
    await user.call("start_conversation", key="k", text="help", want_agent=True, attributes=told)
    await ann.take()
    details = await ann.show_details()
    await details.get_by_test_id("profile-open").click()
    name = ann.at("profile-field", field="name")
    await expect(name).to_have_attribute("data-masked", "true")
    await expect(ann.at("profile-field", field="attribute.shop")).to_have_count(1)
    await expect(details.get_by_test_id("device")).to_have_text("iPhone · Safari 17")
    await expect(ann.at("profile-field", field="attribute.device")).to_have_count(0)  # once is enough
    await expect(name).not_to_contain_text("Lin Xiaoyun")
    await name.get_by_test_id("reveal").click()
    await ann.at("reveal-reason").fill("compare with the bank's slip")
    await ann.page.keyboard.press("Enter")
    await expect(name).to_have_attribute("data-masked", "false")
    await expect(name).to_contain_text("Lin Xiaoyun")
    ada = await stage.agent("ada", locale="en", role="auditor")
    await ada.at("area-records").click()
    await ada.at("page-audit").click()
    await ada.at("audit-actor").fill(f"agent:{stage.served.accounts['ann'].id}")
    await expect(ada.at("audit-row").filter(has_text="compare with the bank's slip")).to_have_count(1)


async def test_what_is_dangerous_is_decided_by_somebody_else(stage: Stage) -> None:
    lea = await stage.agent("lea", locale="en", role="supervisor")
    asker = await stage.served.agent("max", role="supervisor")
    body = {"kind": "unmask_user", "object": f"user:{(await stage.served.user('lin')).id}", "reason": "court order 12"}
    answer = await stage.served.post("/api/v1/approvals", body, asker)
    assert answer.status == 200, answer.body
    await lea.at("area-records").click()
    await lea.at("page-approvals").click()
    case = lea.at("approval", id=answer.body["approval"]["id"])
    await expect(case).to_contain_text("court order 12")
    stage.guard.forgive("Failed to load resource")  # the first try is answered: prove yourself
    await case.get_by_test_id("approve").click()
    await lea.at("proof-given").fill("correct horse battery staple")
    await lea.page.keyboard.press("Enter")
    await expect(case).to_have_attribute("data-status", "approved")
