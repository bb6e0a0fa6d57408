"""What is documented is what runs: one list, kept level with the server and with the client."""

from pathlib import Path

import pytest

from chatserver import surface
from chatserver.app import build
from chatserver.client.results import RESULT_OF
from chatserver.gen.openapi import FIXED
from chatserver.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.of({"data_dir": tmp_path, "port": 0})


async def test_the_server_runs_exactly_the_commands_that_are_documented(settings: Settings) -> None:
    async with build(settings) as app:
        assert app.registry.specs == surface.commands()


async def test_the_server_answers_exactly_the_routes_that_are_documented(settings: Settings) -> None:
    documented = {(one.method, one.path) for one in surface.routes()} | {("GET", path) for path in FIXED}
    async with build(settings) as app:
        mounted = {(one.method, one.resource.canonical) for one in app.web.router.routes() if one.resource is not None}
    assert documented <= mounted
    assert {(method, path) for method, path in mounted if path.startswith("/api/")} <= documented


PROVED = {
    "POST /api/v1/admin/agents": "add_account",
    "PUT /api/v1/admin/agents/{agent}": "change_account",
    "DELETE /api/v1/admin/agents/{agent}/factors": "reset_factors",
    "POST /api/v1/approvals/{approval}/decision": "approve",
    "POST /api/v1/users/{user}/unmask": "unmask",
    "POST /api/v1/users/{user}/export": "export",
    "POST /api/v1/exports": "export",
    "POST /api/v1/users/{user}/erase": "erase",
    "POST /api/v1/holds/{hold}/lift": "lift_hold",
    "POST /api/v1/conversations/{id}/evidence": "evidence",
    "POST /api/v1/me/authenticator": "enrol",
    "DELETE /api/v1/me/authenticator": "enrol",
    "POST /api/v1/me/recovery-codes": "enrol",
    "POST /api/v1/me/passkeys/options": "enrol",
    "DELETE /api/v1/me/passkeys/{passkey}": "enrol",
}
"""What wants a fresh proof, said a second time: whoever takes one away has to say so here."""

HARMLESS = {
    "POST /api/v1/me/authenticator/confirm",  # its code is the proof
    "POST /api/v1/me/passkeys",  # answers a challenge that was asked for with a proof
    "DELETE /api/v1/me/sign-ins",  # whoever ends sign-ins shuts somebody out, and lets nobody in
    "DELETE /api/v1/me/sign-ins/{sign_in}",
    "DELETE /api/v1/admin/agents/{agent}/sign-ins",
    "POST /api/v1/approvals",  # asks; somebody else decides, with a proof
    "POST /api/v1/users/{user}/reveal",  # one field, for a reason, five in an hour, each in the audit log
    "POST /api/v1/holds",  # keeps things
    "POST /api/v1/alerts/{alert}/seen",
    "POST /api/v1/held/{held}/release",  # the second person's own decision, in the audit log
    "POST /api/v1/held/{held}/reject",
}
GUARDED = ("admin/agents", "approvals", "users", "exports", "holds", "me", "alerts", "held")
"""Parts of the surface in which everything that changes or gives away something is in one of the two lists."""


def test_everything_dangerous_wants_a_fresh_proof() -> None:
    routes = {f"{one.method} {one.path}": one for one in surface.routes() if one.roles is not None}
    assert {name: one.step_up for name, one in routes.items() if one.step_up} == PROVED
    guarded = tuple(f"/api/v1/{part}" for part in GUARDED)
    acting = {name for name, one in routes.items() if one.method != "GET" and one.path.startswith(guarded)}
    assert acting - PROVED.keys() == HARMLESS


def test_the_python_client_knows_every_command_with_its_result() -> None:
    assert {spec.body: spec.result for spec in surface.commands().values()} == RESULT_OF
