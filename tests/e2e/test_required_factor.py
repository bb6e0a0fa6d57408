"""Roles that have to have a second factor can do nothing else before they have one."""

from typing import Any

import pytest
import pytest_asyncio

from chatserver.trust.factors import codes
from tests.e2e.conftest import Serve
from tests.people import Refused
from tests.serving import PASSWORD, Answer, Served


@pytest_asyncio.fixture
async def served(serve: Serve) -> Served:
    return await serve(second_factor_for="supervisor, admin")


async def signed_in(served: Served, name: str, **more: Any) -> Answer:
    return await served.post("/api/v1/sign-in", {"email": f"{name}@x.io", "password": PASSWORD, **more})


def bearer(signed: Answer) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {signed.body['access_token']}"}}


async def connect(served: Served, signed: Answer) -> Any:
    return await served.connect({"as": "agent", "token": signed.body["access_token"]})


async def test_a_role_that_needs_a_factor_may_only_set_one_up(served: Served) -> None:
    await served.account("lead", role="supervisor")
    signed = await signed_in(served, "lead")
    assert (signed.status, signed.body["agent"]["must_enrol"]) == (200, True)
    me = bearer(signed)
    for path in ("/api/v1/conversations", "/api/v1/held", "/api/v1/agents", "/api/v1/users/lin"):
        refused = await served.request("GET", path, **me)
        assert (refused.status, refused.body["error"]["field"]) == (403, "second_factor"), path
    with pytest.raises(Refused) as refusal:
        await connect(served, signed)
    assert refusal.value.code == "forbidden"

    assert (await served.request("GET", "/api/v1/me", **me)).body["must_enrol"] is True
    proof = {"action": "enrol", "password": PASSWORD}
    assert (await served.request("POST", "/api/v1/step-up", json=proof, **me)).status == 200
    begun = await served.request("POST", "/api/v1/me/authenticator", **me)
    assert begun.status == 200, begun.body
    code = codes.code_at(begun.body["secret"], codes.step_of(served.clock.now()))
    assert (await served.request("POST", "/api/v1/me/authenticator/confirm", json={"code": code}, **me)).status == 200
    assert (await served.request("GET", "/api/v1/conversations", **me)).status == 200
    await connect(served, signed)
    renewed = await served.post("/api/v1/refresh", {"refresh_token": signed.body["refresh_token"]})
    assert renewed.body["agent"]["must_enrol"] is False


async def test_who_takes_the_factor_off_again_is_back_where_they_were(served: Served) -> None:
    await test_a_role_that_needs_a_factor_may_only_set_one_up(served)
    served.clock.turn(seconds=60)
    lead = served.accounts["lead"]
    boss = await served.agent("boss", role="admin")  # by a token of an operator, who holds all keys anyway
    removed = await served.request("DELETE", f"/api/v1/admin/agents/{lead.id}/factors", boss)
    assert removed.status == 200, removed.body
    signed = await signed_in(served, "lead")
    assert signed.body["agent"]["must_enrol"] is True


async def test_other_roles_are_asked_for_nothing(served: Served) -> None:
    await served.account("zhou")
    signed = await signed_in(served, "zhou")
    assert signed.body["agent"]["must_enrol"] is False
    assert (await served.request("GET", "/api/v1/conversations", **bearer(signed))).status == 200
    await connect(served, signed)


async def test_all_means_all_staff_and_never_users(serve: Serve) -> None:
    served = await serve(second_factor_for="all")
    user = await served.user("lin")
    await user.call("start_conversation", key="k")
    for role in ("agent", "supervisor", "admin", "auditor"):
        await served.account(role, role=role)
        assert (await signed_in(served, role)).body["agent"]["must_enrol"] is True
