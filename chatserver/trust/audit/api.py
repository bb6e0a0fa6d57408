"""The audit log over HTTP: searched a page at a time, and taken away as a file, by auditors."""

from functools import partial
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from chatserver.core.routes import Query, Raw, Request, route
from chatserver.core.session import Role
from chatserver.trust.audit.reading import Wanted, lines_of, page_of
from chatserver.trust.audit.store import read_end
from chatserver.trust.audit.trail import Trail

AUDITORS: Final = frozenset({Role.AUDITOR})

EXPORTED_AT_ONCE: Final = 5_000
"""Rows of one file; `after` asks for the next."""


class AuditQuery(Query, frozen=True):
    """Which rows: all that fit every one given; `since` and `until` are milliseconds since 1970."""

    actor: Annotated[str, Meta(max_length=128, description="Who: `agent:ID`, `operator:NAME`, `system` …")] = ""
    action: Annotated[str, Meta(max_length=128, description="A command, a route, or a word as rows have it.")] = ""
    object: Annotated[str, Meta(max_length=128, description="To what: `conversation:ID`, `user:ID` …")] = ""
    outcome: Annotated[str, Meta(max_length=128, description="`done`, or the code of a refusal.")] = ""
    since: int | UnsetType = UNSET
    until: int | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=200, description="Rows in a page.")] = 50
    cursor: Annotated[int, Meta(ge=1, description="The `next` of the page before.")] | UnsetType = UNSET


class ExportQuery(Query, frozen=True):
    """From which row on."""

    after: Annotated[int, Meta(ge=0, description="The last number of the file before.")] = 0


class AuditEntry(Struct, frozen=True):
    """A row of the audit log; `reason` is what the actor wrote, `fields` what else is known of the act."""

    number: int
    at: int
    actor: str
    role: str
    session: str
    address: str
    action: str
    object: str
    outcome: str
    reason: str
    fields: dict[str, Any]


class AuditPage(Struct, frozen=True):
    """Rows, the newest first; `next` is the cursor of the next page if there is one."""

    entries: list[AuditEntry]
    next: int | UnsetType = UNSET


class AuditHead(Struct, frozen=True):
    """The number and hash of the last row: to be kept elsewhere, and given to `chatserver verify`."""

    number: int
    hash: str


class AuditApi:
    """Routes of the audit log."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail

    @route("GET", "/api/v1/audit", result=AuditPage, roles=AUDITORS, query=AuditQuery)
    async def entries(self, request: Request) -> AuditPage:
        """Rows of the audit log, the newest first."""
        asked: AuditQuery = request.query
        await self._trail.settle()
        given = {name: getattr(asked, name) for name in Wanted.__struct_fields__}
        wanted = Wanted(**{name: value for name, value in given.items() if value is not UNSET})
        rows, more = await self._trail.database.read(partial(page_of, wanted=wanted))
        entries = [AuditEntry(**row) for row in rows]
        return AuditPage(entries, entries[-1].number if more else UNSET)

    @route("GET", "/api/v1/audit/head", result=AuditHead, roles=AUDITORS)
    async def head(self, request: Request) -> AuditHead:
        """Where the audit log ends now."""
        await self._trail.settle()
        head = await self._trail.database.read(partial(read_end, name="head"))
        return AuditHead(head.number, head.hash.hex()) if head is not None else AuditHead(0, bytes(32).hex())

    @route(
        "GET",
        "/api/v1/audit/export",
        result=AuditEntry,
        roles=AUDITORS,
        query=ExportQuery,
        files=("application/jsonl",),
    )
    async def export(self, request: Request) -> Raw:
        """At most 5,000 rows as JSON lines with what the chain is computed from, in order; an empty file is the end."""
        await self._trail.settle()
        asked: ExportQuery = request.query
        rows = await self._trail.database.read(partial(lines_of, after=asked.after, limit=EXPORTED_AT_ONCE))
        lines = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        return Raw(lines, "application/jsonl", f"audit-{asked.after + 1}.jsonl")
