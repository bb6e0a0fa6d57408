"""What the company owes a user, and the law: export, erasure, legal hold, by two persons over HTTP."""

from itertools import islice
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Connection

from chatserver.conversation.exporting import export_page
from chatserver.core.audit import Act
from chatserver.core.ports import Audit, Database
from chatserver.core.routes import Raw, Request, route
from chatserver.core.session import Role, Session
from chatserver.core.text import Id, Reason
from chatserver.trust.oversight.approvals import Approvals
from chatserver.trust.privacy.erasing import Erasing, Erasure
from chatserver.trust.privacy.exporting import Exporting
from chatserver.trust.privacy.holding import Hold, Holds

OVERSEERS: Final = frozenset({Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR})
LEADS: Final = frozenset({Role.SUPERVISOR, Role.ADMIN})

LONG_S: Final = 120.0
"""Ten thousand messages take seconds; a client may wait this long."""


class WithApproval(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Do what somebody else has approved; `approval` is its id."""

    approval: Id


class ExportMany(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The next conversations of an approved export; `after` is the `next` of the page before."""

    approval: Id
    after: Annotated[int, Meta(ge=0)] = 0


class PlaceHold(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let nothing of a user or conversation be deleted; `object` is `user:ID` or `conversation:ID`."""

    object: Annotated[str, Meta(max_length=128, pattern=r"^(user|conversation):[A-Za-z0-9_-]{1,64}\Z")]
    reason: Reason


class LiftHold(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let it be deleted again."""

    reason: Reason


class HoldResult(Struct, frozen=True):
    """A hold as it stands now."""

    hold: Hold


class HoldList(Struct, frozen=True):
    """Holds, those that stand first."""

    holds: list[Hold]


class DutiesApi:
    """Routes of export, erasure and legal hold."""

    def __init__(self, database: Database, audit: Audit, approvals: Approvals, exporting: Exporting) -> None:
        self._database = database
        self._audit = audit
        self._approvals = approvals
        self._exporting = exporting

    def join(self, erasing: Erasing, holds: Holds) -> "DutiesApi":
        """With these verbs of deleting and keeping."""
        self._erasing = erasing
        self._holds = holds
        return self

    @route(
        "POST",
        "/api/v1/users/{user}/export",
        result=Raw,
        roles=OVERSEERS,
        body=WithApproval,
        errors=("not_found", "conflict"),
        files=("application/json",),
        deadline_s=LONG_S,
        step_up="export",
    )
    async def export(self, request: Request) -> Raw:
        """Everything that is kept of a user, once somebody else has approved `export_user`; to be saved as a file."""
        user, asked = request.path["user"], request.body
        await self._use(request.caller, asked.approval, "export_user", f"user:{user}", "exported")
        return Raw(await self._exporting.export(user), "application/json", f"user-{user}.json")

    @route(
        "POST",
        "/api/v1/exports",
        result=Raw,
        roles=OVERSEERS,
        body=ExportMany,
        errors=("not_found", "conflict"),
        files=("application/jsonl",),
        deadline_s=LONG_S,
        step_up="export",
    )
    async def export_many(self, request: Request) -> Raw:
        """Fifty conversations as JSON lines, then a line `{next}`, once somebody else has approved `export_many`."""
        asked: ExportMany = request.body
        await self._use(request.caller, asked.approval, "export_many", "", "exported_many")
        lines, after = await export_page(self._database, asked.after)
        last = {"next": after} if after is not None else {}
        packed = [*lines, msgspec.json.encode(last)]
        return Raw(b"".join(line + b"\n" for line in packed), "application/jsonl", "conversations.jsonl")

    async def _use(self, session: Session, approval: str, kind: str, about: str, action: str) -> None:
        def unit(conn: Connection) -> None:
            used = self._approvals.use(conn, session, approval, kind, about)
            act = Act(action, about, used.reason, fields={"approval": approval})
            self._audit.note(conn, session.actor, act)

        await self._database.write(unit)

    @route(
        "POST",
        "/api/v1/users/{user}/erase",
        result=Erasure,
        roles=LEADS,
        body=WithApproval,
        errors=("not_found", "conflict"),
        deadline_s=LONG_S,
        step_up="erase",
    )
    async def erase(self, request: Request) -> Erasure:
        """Erase a user, once somebody else has approved `erase_user`; a legal hold is a `conflict`."""
        session, user, asked = request.caller, request.path["user"], request.body

        def allowed(conn: Connection) -> str:
            return self._approvals.use(conn, session, asked.approval, "erase_user", f"user:{user}").reason

        return await self._erasing.erase(session.actor, user, allowed)

    @route("GET", "/api/v1/holds", result=HoldList, roles=OVERSEERS)
    async def holds(self, request: Request) -> HoldList:
        """Legal holds."""
        return HoldList(list(islice(await self._holds.list(), 1_000)))

    @route("POST", "/api/v1/holds", result=HoldResult, roles=OVERSEERS, body=PlaceHold, errors=("not_found",))
    async def place(self, request: Request) -> HoldResult:
        """Let nothing of a user or conversation be deleted."""
        asked: PlaceHold = request.body
        return HoldResult(await self._holds.place(request.caller.actor, asked.object, asked.reason))

    @route(
        "POST",
        "/api/v1/holds/{hold}/lift",
        result=HoldResult,
        roles=LEADS,
        body=LiftHold,
        errors=("not_found", "conflict"),
        step_up="lift_hold",
    )
    async def lift(self, request: Request) -> HoldResult:
        """Let it be deleted again."""
        asked: LiftHold = request.body
        return HoldResult(await self._holds.lift(request.caller.actor, request.path["hold"], asked.reason))
