"""Accounts of the staff, administered over HTTP."""

from tests.people import Person
from tests.serving import PASSWORD, Answer, Served

NEW = {"email": "Wen@x.io", "name": "Wen", "tier": 1, "skills": ["cards"], "password": PASSWORD}


async def change(served: Served, who: Person, agent: str, **fields: object) -> Answer:
    return await served.request("PUT", f"/api/v1/admin/agents/{agent}", who, json=fields)


async def test_an_account_is_added_changed_and_shut_out(served_on_both: Served) -> None:
    served = served_on_both
    admin, lead = await served.agent("boss", role="admin"), await served.agent("lead", role="supervisor")
    added = await served.post("/api/v1/admin/agents", NEW, admin)
    assert (added.status, added.body["email"], added.body["role"]) == (200, "wen@x.io", "agent")
    assert (await served.post("/api/v1/admin/agents", NEW, admin)).body["error"]["code"] == "conflict"
    assert (await served.post("/api/v1/admin/agents", NEW, lead)).status == 403
    id_ = added.body["id"]
    listed = (await served.get("/api/v1/admin/agents", lead)).body["agents"]
    assert {one["id"] for one in listed} == {admin.id, lead.id, id_}
    signed_in = (await served.post("/api/v1/sign-in", {"email": "wen@x.io", "password": PASSWORD})).body
    wen = await served.connect({"as": "agent", "token": signed_in["access_token"]}, name="wen")

    changed = await change(served, admin, id_, tier=2, capacity=5, skills=["cards", "zh"], name="Wen Li")
    assert (changed.body["tier"], changed.body["capacity"], changed.body["skills"]) == (2, 5, ["cards", "zh"])
    assert wen.here
    assert (await change(served, admin, id_, role="supervisor")).body["role"] == "supervisor"
    await wen.gone()  # what they may do is asked anew
    disabled = await change(served, admin, id_, disabled=True)
    assert disabled.body["disabled"] is True
    assert (await served.post("/api/v1/sign-in", {"email": "wen@x.io", "password": PASSWORD})).status == 401
    assert (await change(served, admin, "a_nobody", tier=1)).status == 404
    assert (await change(served, lead, id_, disabled=False)).status == 403
    assert (await change(served, admin, id_, tier=3)).status == 400


async def test_an_administrator_cannot_shut_themselves_out(served: Served) -> None:
    admin = await served.agent("boss", role="admin")
    for fields in ({"disabled": True}, {"role": "agent"}):
        assert (await change(served, admin, admin.id, **fields)).body["error"]["code"] == "conflict"
    assert (await change(served, admin, admin.id, name="Chief")).status == 200


async def test_an_administrator_who_signed_in_proves_it_again_before_accounts_change(served: Served) -> None:
    await served.account("boss", role="admin")
    signed_in = (await served.post("/api/v1/sign-in", {"email": "boss@x.io", "password": PASSWORD})).body
    headers = {"Authorization": f"Bearer {signed_in['access_token']}"}
    answer = await served.request("POST", "/api/v1/admin/agents", headers=headers, json=NEW)
    assert answer.status == 403
