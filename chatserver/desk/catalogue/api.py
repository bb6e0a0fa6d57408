"""The catalogue over HTTP: a class for each kind, made by one function, since all are administered the same way."""

import re
from dataclasses import replace
from typing import Annotated, Any, Final
from zoneinfo import available_timezones

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Connection

from chatserver.conversation.events import By
from chatserver.conversation.log import Log, by_session
from chatserver.conversation.messages import Nothing
from chatserver.core.audit import Act, Audited
from chatserver.core.errors import invalid, not_found
from chatserver.core.ports import Audit, Review
from chatserver.core.routes import Request, route
from chatserver.core.session import AGENTS, STAFF, Role
from chatserver.desk.catalogue import rules, store
from chatserver.desk.catalogue.kinds import (
    KINDS,
    AwayReason,
    CannedReply,
    DeskText,
    Disposition,
    Item,
    Macro,
    Routing,
    Skill,
    Tag,
)

ADMINS: Final = frozenset({Role.ADMIN})
LOOKERS: Final = STAFF - {Role.AGENT}
"""Who may see how the desk is set up; administrators change it."""

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FLAT: Final = Annotated[str, Meta(description="Opaque id.")]


def _title(kind: str) -> str:
    return "".join(word.capitalize() for word in kind.split("-"))


def administration_of(kind: str) -> type:
    """The class with the routes by which one kind is administered: list, set, remove, versions."""
    item = KINDS[kind]
    fields = [("id", str), ("version", int), ("at", int), ("by", By), ("removed", bool), ("item", item)]
    about = f"A version of one of the {kind}: what it is, who made it, and when (ms since 1970)."
    kept: type[Struct] = msgspec.defstruct(f"Kept{item.__name__}", fields, frozen=True, namespace={"__doc__": about})
    listed: type[Struct] = msgspec.defstruct(
        f"{_title(kind)}List",
        [("items", list[kept])],  # type: ignore[valid-type]
        frozen=True,
        namespace={"__doc__": f"All {kind}, by id; or all versions of one, the newest first."},
    )
    path = f"/api/v1/admin/{kind}"

    class Administration:
        """Routes of one kind."""

        def __init__(self, log: Log, audit: Audit, review: Review) -> None:
            self._log = log
            self._audit = audit
            self._review = review

        async def _listed(self, found: list[Any]) -> Any:
            return listed([kept(**_fields(one)) for one in found])

        @route("GET", path, result=listed, roles=LOOKERS, audited=Audited.ONCE)
        async def items(self, request: Request) -> Any:
            return await self._listed(await self._log.database.read(lambda conn: store.read_items(conn, item)))

        @route("GET", path + "/{item}/versions", result=listed, roles=LOOKERS, audited=Audited.ONCE)
        async def versions(self, request: Request) -> Any:
            found = await self._log.database.read(lambda conn: store.read_versions(conn, item, request.path["item"]))
            if not found:
                raise not_found("item")
            return await self._listed(found)

        @route("PUT", path + "/{item}", result=kept, roles=ADMINS, body=item, errors=("conflict",))
        async def put(self, request: Request) -> Any:
            rules.check_said(request.body, self._review.stopped)
            saved = await _change(self._log, self._audit, request, request.body)
            return kept(**_fields(saved))

        @route("DELETE", path + "/{item}", result=Nothing, roles=ADMINS)
        async def remove(self, request: Request) -> Nothing:
            await _remove(self._log, self._audit, request, item)
            return Nothing()

    summaries = {
        "items": f"All {kind} that count now, by id.",
        "versions": f"Everything that one of the {kind} has been, the newest first.",
        "put": f"Set one of the {kind}: a new one, or a new version of one that there is.",
        "remove": f"Remove one of the {kind}; its versions are kept.",
    }
    for name, said in summaries.items():
        _describe(vars(Administration)[name], said)
    Administration.__name__ = Administration.__qualname__ = f"{_title(kind)}Administration"
    return Administration


def _describe(method: Any, said: str) -> None:
    """Say what a route does, which depends on its kind."""
    method.__doc__ = said
    method.route_spec = replace(method.route_spec, summary=said)


def _fields(one: store.Kept[Any]) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__struct_fields__}


async def _change(log: Log, audit: Audit, request: Request, item: Item) -> store.Kept[Any]:
    id_, caller, now = request.path["item"], request.caller, log.clock.now()
    if _ID.fullmatch(id_) is None:
        raise invalid("id", "An id has 1 to 64 letters, digits, _ or -.")

    def unit(conn: Connection) -> store.Kept[Any]:
        others = {name: _by_id(conn, kind) for name, kind in KINDS.items() if name in _REFERRED}
        rules.check(id_, item, others, available_timezones())
        saved = store.save_item(conn, id_, item, by_session(caller), now)
        kind = store.name_of(type(item))
        audit.note(
            conn, caller.actor, Act("setting_changed", f"setting:{kind}/{id_}", fields={"version": saved.version})
        )
        return saved

    return await log.database.write(unit)


_REFERRED: Final = frozenset({"canned-replies", "macros", "tags"})
"""Kinds whose items are named by others, or must not be like them."""


def _by_id(conn: Connection, kind: type[Item]) -> dict[str, Item]:
    return {one.id: one.item for one in store.read_items(conn, kind)}


async def _remove(log: Log, audit: Audit, request: Request, kind: type[Item]) -> None:
    id_, caller, now = request.path["item"], request.caller, log.clock.now()

    def unit(conn: Connection) -> None:
        if not store.remove_item(conn, kind, id_, by_session(caller), now):
            raise not_found("item")
        audit.note(conn, caller.actor, Act("setting_removed", f"setting:{store.name_of(kind)}/{id_}"))

    await log.database.write(unit)


ADMINISTRATION: Final[tuple[type, ...]] = tuple(administration_of(kind) for kind in KINDS)
"""A class for each kind, in the order in which they are documented."""


def _reading_of(kind: type[Item], path: str, roles: frozenset[Role] | None, said: str) -> type:
    """The class with the route by which whoever works with a kind reads it."""
    about = f"{(kind.__doc__ or '').partition(chr(10))[0]} With its id."
    one: type[Struct] = msgspec.defstruct(
        f"Shown{kind.__name__}", [("id", _FLAT)], bases=(kind,), frozen=True, kw_only=True, namespace={"__doc__": about}
    )
    many: type[Struct] = msgspec.defstruct(
        f"Shown{kind.__name__}List",
        [("items", list[one])],  # type: ignore[valid-type]
        frozen=True,
        namespace={"__doc__": "Everything of this kind, by id."},
    )

    class Reading:
        """The route of one kind."""

        def __init__(self, log: Log) -> None:
            self._log = log

        @route("GET", path, result=many, roles=roles, audited=Audited.NEVER)
        async def items(self, request: Request) -> Any:
            found = await self._log.database.read(lambda conn: store.read_items(conn, kind))
            return many([one(id=kept.id, **_fields_of(kept.item)) for kept in found])

    _describe(vars(Reading)["items"], said)
    Reading.__name__ = Reading.__qualname__ = f"{kind.__name__}Reading"
    return Reading


def _fields_of(item: Item) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__struct_fields__}


_EVERY: Final = STAFF
READING: Final[tuple[type, ...]] = (
    _reading_of(CannedReply, "/api/v1/canned-replies", AGENTS, "The canned replies, as they were written."),
    _reading_of(Macro, "/api/v1/macros", AGENTS, "The macros, with what each of them does."),
    _reading_of(Tag, "/api/v1/tags", _EVERY, "The tags that conversations can have."),
    _reading_of(Disposition, "/api/v1/dispositions", _EVERY, "The outcomes with which conversations are closed."),
    _reading_of(AwayReason, "/api/v1/away-reasons", AGENTS, "The reasons for being away that agents choose from."),
    _reading_of(Skill, "/api/v1/skills", _EVERY, "The skills by which conversations find their agents."),
    _reading_of(DeskText, "/api/v1/texts", None, "The desk's own texts that pages show to users."),
    _reading_of(Routing, "/api/v1/routing", AGENTS, "How the desk routes, so that pages know what it asks of agents."),
)
"""A class for each kind that is read by those who work with it."""
