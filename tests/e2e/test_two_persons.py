"""What takes two persons: asked for by one, decided by another within 15 minutes, every step in the audit log."""

from typing import Any

from tests.e2e.test_audit import rows
from tests.people import Person
from tests.serving import Answer, Served


async def ask(served: Served, who: Person, kind: str, about: str = "", reason: str = "A complaint") -> Answer:
    return await served.post("/api/v1/approvals", {"kind": kind, "object": about, "reason": reason}, who)


async def decide(served: Served, who: Person, approval: str, *, approve: bool = True) -> Answer:
    return await served.post(f"/api/v1/approvals/{approval}/decision", {"approve": approve}, who)


async def approved(served: Served, asks: Person, decides: Person, kind: str, about: str = "") -> str:
    asked = await ask(served, asks, kind, about)
    assert asked.status == 200, asked.body
    approval = str(asked.body["approval"]["id"])
    assert (await decide(served, decides, approval)).status == 200
    return approval


async def house(served: Served) -> tuple[Person, Person, Person, str]:
    lin, zhou = await served.user("lin", name="Lin Weizhen"), await served.available("zhou")
    conversation = await served.chat(lin, zhou)
    await lin.call("send_message", conversation=conversation, key="1", text="behind the glass")
    return (
        await served.agent("admin", role="admin"),
        await served.agent("lead", role="supervisor"),
        zhou,
        conversation,
    )


async def test_an_administrator_reads_nothing_without_breaking_the_glass(served: Served) -> None:
    admin, lead, _, conversation = await house(served)
    assert (await served.get(f"/api/v1/conversations/{conversation}/transcript", admin)).status == 403
    asked = await ask(served, admin, "break_glass", f"conversation:{conversation}")
    approval = asked.body["approval"]["id"]
    heard = (await lead.wait_for("approval"))["approval"]
    assert (heard["id"], heard["status"], heard["reason"]) == (approval, "pending", "A complaint")
    behind = f"/api/v1/approvals/{approval}/transcript"
    assert (await served.get(behind, admin)).status == 409
    assert (await decide(served, admin, approval)).status == 403
    assert (await decide(served, lead, approval)).body["approval"]["status"] == "approved"
    alert = (await lead.wait_for("alert"))["alert"]
    assert (alert["kind"], alert["agent"]["id"]) == ("glass_broken", admin.id)
    for _ in range(2):
        read = await served.get(behind, admin)
        assert "behind the glass" in str(read.body["events"])
    assert (await served.get(behind, lead)).status == 403
    other = await served.agent("other", role="admin")
    assert (await served.get(behind, other)).status == 404
    served.clock.turn(seconds=3_601)
    admin, auditor = await served.agent("admin"), await served.agent("audit", role="auditor")
    assert (await served.get(behind, admin)).status == 409
    told = [row["action"] for row in await rows(served, auditor) if row["action"].startswith("approval")]
    assert told == ["approval_requested", "approval_approved", "approval_used", "approval_used"]
    listed = await served.get("/api/v1/approvals", auditor)
    assert [one["status"] for one in listed.body["approvals"]] == ["expired"]


async def test_who_asks_does_not_decide_and_nobody_decides_twice_or_late(served: Served) -> None:
    _, lead, zhou, _ = await house(served)
    other = await served.agent("other", role="supervisor")
    approval = (await ask(served, lead, "erase_user", "user:lin")).body["approval"]["id"]
    answer = await decide(served, lead, approval)
    assert (answer.status, answer.body["error"]["code"]) == (403, "forbidden")
    assert (await decide(served, zhou, approval)).status == 403
    refused = await decide(served, other, approval, approve=False)
    assert refused.body["approval"]["status"] == "refused"
    assert refused.body["approval"]["same_device"] is True  # every test comes from one machine
    assert (await decide(served, other, approval)).status == 409
    late = (await ask(served, lead, "erase_user", "user:lin")).body["approval"]["id"]
    served.clock.turn(seconds=901)
    other = await served.agent("other")
    assert (await decide(served, other, late)).status == 409
    assert (await decide(served, other, "p_unknown")).status == 404
    pending = await served.get("/api/v1/approvals", other, status="pending")
    assert pending.body["approvals"] == []


async def test_roles_ask_for_what_is_theirs(served: Served) -> None:
    admin, lead, zhou, conversation = await house(served)
    cases: list[tuple[Person, str, str, int]] = [
        (zhou, "erase_user", "user:lin", 403),
        (zhou, "break_glass", f"conversation:{conversation}", 403),
        (lead, "break_glass", f"conversation:{conversation}", 403),
        (admin, "unmask_user", "user:lin", 403),
        (lead, "erase_user", f"conversation:{conversation}", 400),
        (lead, "make_tea", "", 400),
        (zhou, "unmask_user", "user:lin", 200),
    ]
    for who, kind, about, status in cases:
        assert (await ask(served, who, kind, about)).status == status, (who.name, kind)


async def test_all_of_a_profile_is_unmasked_by_two_for_ten_minutes(served: Served) -> None:
    _, lead, zhou, _ = await house(served)
    approval = await approved(served, zhou, lead, "unmask_user", "user:lin")

    def name(answer: Answer) -> Any:
        return next(one["value"] for one in answer.body["user"]["fields"] if one["field"] == "name")

    shown = await served.post("/api/v1/users/lin/unmask", {"approval": approval}, zhou)
    assert name(shown) == "Lin Weizhen"
    assert (await served.post("/api/v1/users/lin/unmask", {"approval": approval}, lead)).status == 404
    assert (await served.post("/api/v1/users/may/unmask", {"approval": approval}, zhou)).status == 404
    served.clock.turn(seconds=601)
    zhou = await served.agent("zhou")
    assert name(await served.get("/api/v1/users/lin", zhou)) == "Lin"
    assert (await served.post("/api/v1/users/lin/unmask", {"approval": approval}, zhou)).status == 409
