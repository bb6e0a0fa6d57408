"""Approvals and alerts over HTTP, and what an administrator reads after breaking the glass."""

from typing import Final

import msgspec
from msgspec import UNSET, Struct
from sqlalchemy import Connection

from chatserver.conversation.events import Recorded
from chatserver.conversation.states import Head
from chatserver.conversation.transcripts import Transcript
from chatserver.conversation.views import view_of
from chatserver.core.audit import Audited
from chatserver.core.routes import Request, route
from chatserver.core.session import STAFF, Role
from chatserver.trust.oversight import store
from chatserver.trust.oversight.alerts import Alerts
from chatserver.trust.oversight.approvals import Approvals
from chatserver.trust.oversight.glass import read_behind_glass
from chatserver.trust.oversight.messages import (
    AlertList,
    AlertQuery,
    AlertResult,
    ApprovalList,
    ApprovalQuery,
    ApprovalResult,
    AskApproval,
    DecideApproval,
)

OVERSEERS: Final = frozenset({Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR})
ADMINS: Final = frozenset({Role.ADMIN})


class Acknowledged(Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing beside who does it."""


class OversightApi:
    """Routes of oversight."""

    def __init__(self, approvals: Approvals, alerts: Alerts) -> None:
        self._approvals = approvals
        self._alerts = alerts

    @route("POST", "/api/v1/approvals", result=ApprovalResult, roles=STAFF, body=AskApproval, errors=("forbidden",))
    async def ask(self, request: Request) -> ApprovalResult:
        """Ask for something that takes two persons."""
        asked: AskApproval = request.body
        return ApprovalResult(await self._approvals.ask(request.caller, asked.kind, asked.object, asked.reason))

    @route(
        "GET",
        "/api/v1/approvals",
        result=ApprovalList,
        roles=OVERSEERS,
        query=ApprovalQuery,
        audited=Audited.NEVER,
    )
    async def approvals(self, request: Request) -> ApprovalList:
        """What was asked for, newest first."""
        asked: ApprovalQuery = request.query
        status = None if asked.status is UNSET else str(asked.status)
        return ApprovalList(await self._approvals.list(status, asked.limit))

    @route(
        "POST",
        "/api/v1/approvals/{approval}/decision",
        result=ApprovalResult,
        roles=OVERSEERS,
        body=DecideApproval,
        errors=("not_found", "forbidden", "conflict"),
        step_up="approve",
    )
    async def decide(self, request: Request) -> ApprovalResult:
        """Approve or refuse what somebody else asks for, within 15 minutes."""
        decided: DecideApproval = request.body
        approval = request.path["approval"]
        return ApprovalResult(await self._approvals.decide(request.caller, approval, approve=decided.approve))

    @route(
        "GET",
        "/api/v1/approvals/{approval}/transcript",
        result=Transcript,
        roles=ADMINS,
        errors=("not_found", "conflict"),
    )
    async def behind_glass(self, request: Request) -> Transcript:
        """What an administrator reads within the hour after somebody else approved `break_glass`."""

        def unit(conn: Connection) -> tuple[Head, list[Recorded]]:
            return read_behind_glass(conn, self._approvals, request.caller, request.path["approval"])

        head, rows = await self._alerts.database.write(unit)
        return Transcript(
            view_of(head, for_user=False), [msgspec.Raw(row.wire(typed=True, with_key=False)) for row in rows]
        )

    @route("GET", "/api/v1/alerts", result=AlertList, roles=OVERSEERS, query=AlertQuery, audited=Audited.NEVER)
    async def alerts(self, request: Request) -> AlertList:
        """Odd things about staff, newest first."""
        asked: AlertQuery = request.query
        found = await self._alerts.database.read(
            lambda conn: store.read_alerts(conn, asked.limit, only_open=asked.open)
        )
        return AlertList(found)

    @route(
        "POST",
        "/api/v1/alerts/{alert}/seen",
        result=AlertResult,
        roles=OVERSEERS,
        body=Acknowledged,
        errors=("not_found",),
    )
    async def seen(self, request: Request) -> AlertResult:
        """Say that one has looked at an alert."""
        return AlertResult(await self._alerts.seen(request.caller, request.path["alert"]))
