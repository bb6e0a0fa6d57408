"""HTTP routes: declared like commands, so that checks, errors and OpenAPI follow from them."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import msgspec

from chatserver.core.audit import Audited
from chatserver.core.session import Role, Session

DEADLINE_S: Final = 5.0
"""A request is answered within this time, like a command; routes that take files say how long they may take."""


class Query(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Base of the query parameters of a route; values arrive as text and are converted."""


class NoQuery(Query, frozen=True):
    """A route without query parameters."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is not JSON: the bytes, their content type, and a file name to save as.

    What has a file name is saved by browsers and never run: it comes as an attachment in a sandbox. `policy` is the
    content security policy of a page; without one nothing in it is run or styled.
    """

    body: bytes
    content_type: str
    filename: str | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it came: the name that the client gave it, and its bytes."""

    name: str
    data: bytes


class Upload(Protocol):
    """The file of a multipart request, which is not read before somebody asks for it."""

    async def read(self, most: int) -> SentFile:
        """The file, of at most `most` bytes. Raises `too_large`, or `invalid` when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request after its checks.

    `session` is None on routes that are open to everybody; `path` holds the path parameters; `body` is an `Upload`
    on routes that take a file; `address` is where it came from, `origin` the page that asked (empty: none), `program`
    what calls.
    """

    session: Session | None
    path: dict[str, str]
    query: Any
    body: Any
    address: str
    origin: str = ""
    program: str = ""

    @property
    def caller(self) -> Session:
        """The session of a route that requires one."""
        assert self.session is not None
        return self.session


RouteHandler = Callable[[Any, Request], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class RouteSpec:
    """What is known of a route without running it.

    `roles` None means open to everybody; `files` are content types it may answer instead of JSON; `upload` says that
    it takes one file as multipart; `audited` is how often it leaves a row in the audit log when staff ask; `step_up`
    is the action that wants a fresh proof, if any.
    """

    method: str
    path: str
    summary: str
    roles: frozenset[Role] | None
    result: type[Any]
    query: type[Query] = NoQuery
    body: type[msgspec.Struct] | None = None
    errors: tuple[str, ...] = field(default=())
    files: tuple[str, ...] = field(default=())
    upload: bool = False
    deadline_s: float = DEADLINE_S
    audited: Audited = Audited.ALWAYS
    step_up: str = ""


def route(  # noqa: PLR0913  (a declaration; every one is named)
    method: str,
    path: str,
    *,
    result: type[Any],
    roles: frozenset[Role] | None,
    query: type[Query] = NoQuery,
    body: type[msgspec.Struct] | None = None,
    errors: tuple[str, ...] = (),
    files: tuple[str, ...] = (),
    upload: bool = False,
    deadline_s: float = DEADLINE_S,
    audited: Audited = Audited.ALWAYS,
    step_up: str = "",
) -> Callable[[RouteHandler], RouteHandler]:
    """Make a method `(self, request) -> result` the handler of a route.

    `result` is a Struct, or `Raw` for files. `errors` names the codes beyond those of every route,
    `files` the content types of what may come as `Raw`. With `upload` the request is one file as multipart. `step_up`
    names the action for which staff must have proved within five minutes that it is still them.
    """

    def mark(handler: RouteHandler) -> RouteHandler:
        said = (handler.__doc__ or "").strip()
        how = (upload, deadline_s, audited, step_up)
        handler.__dict__["route_spec"] = RouteSpec(method, path, said, roles, result, query, body, errors, files, *how)
        return handler

    return mark


def routes_of(rooms: Iterable[type]) -> list[RouteSpec]:
    """The routes that classes declare, in the order of declaration."""
    found = []
    for room in rooms:
        for attribute in vars(room).values():
            spec = getattr(attribute, "route_spec", None)
            if isinstance(spec, RouteSpec):
                found.append(spec)
    return found


def bound_routes(rooms: Iterable[object]) -> list[tuple[RouteSpec, Callable[[Request], Any]]]:
    """The routes of running services with their bound handlers."""
    found = []
    for room in rooms:
        for name, attribute in vars(type(room)).items():
            spec = getattr(attribute, "route_spec", None)
            if isinstance(spec, RouteSpec):
                found.append((spec, getattr(room, name)))
    return found
