"""HTTP: mounts the rooms' routes with the checks that every one has, in the order of the contract."""

import asyncio
import hashlib
import re
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import quote

import msgspec
import structlog
from aiohttp import hdrs, web

from chatserver.core.audit import DONE, REFUSALS
from chatserver.core.commands import decode, refusal_of
from chatserver.core.doing import DOING, Doing
from chatserver.core.errors import ChatError, forbidden, invalid, not_found, retry, second_factor_needed
from chatserver.core.ports import About, Witness
from chatserver.core.routes import NoQuery, Raw, Request, RouteSpec
from chatserver.core.session import Session
from chatserver.core.text import is_storable, refuse_unstorable
from chatserver.infra.files.upload import MultipartUpload
from chatserver.infra.sockets.front import client_address

BODY_BYTES: Final = 65_536
"""JSON bodies; files have a route of their own."""

BODY_S: Final = 10.0
"""A body of 64 kB takes a second over the slowest of phones."""

Handler = Callable[[Request], Awaitable[Any]]
Authenticate = Callable[[str | None], Awaitable[Session]]
CheckProof = Callable[[Session, str], Awaitable[None]]

PROGRAM_KEPT: Final = 200
"""What is kept of what a program calls itself."""

SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Pages bring a policy of their own; whatever else a browser is led to may neither run nor be framed.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}

log = structlog.get_logger(__name__)


class Routes:
    """Turns declared routes into aiohttp handlers; the witness sees what staff ask, and how it ended."""

    def __init__(
        self, authenticate: Authenticate, check_proof: CheckProof, trusted_hops: int, witness: Witness
    ) -> None:
        self._authenticate = authenticate
        self._check_proof = check_proof
        self._trusted_hops = trusted_hops
        self._witness = witness

    def mount(self, app: web.Application, spec: RouteSpec, handler: Handler) -> None:
        """Serve one declared route."""
        decoder = None if spec.body is None else msgspec.json.Decoder(spec.body)

        async def handle(request: web.Request) -> web.StreamResponse:
            session = await self._session_of(request, spec)
            if session is None:
                return await self._answer(request, spec, decoder, None, handler)
            try:
                answer = await self._answer(request, spec, decoder, session, handler)
            except ChatError as refusal:
                if refusal.code in REFUSALS:
                    await self._tell(request, spec, session, refusal.code)
                raise
            await self._tell(request, spec, session, DONE)
            return answer

        app.router.add_route(spec.method, spec.path, handle)

    async def _session_of(self, request: web.Request, spec: RouteSpec) -> Session | None:
        """Who asks, on routes that are not open to everybody."""
        if spec.roles is None:
            return None
        session = await self._authenticate(request.headers.get(hdrs.AUTHORIZATION))
        session.address = client_address(request, self._trusted_hops)
        session.device = device_of(session.address, request.headers.get(hdrs.USER_AGENT, ""))
        return session

    async def _answer(
        self, request: web.Request, spec: RouteSpec, decoder: Any, session: Session | None, handler: Handler
    ) -> web.StreamResponse:
        asked = await self._checked(request, spec, decoder, session)
        name = session.id if session is not None else ""
        DOING.set(Doing(name, f"{spec.method} {spec.path}", conversation=request.match_info.get("id", "")))
        try:
            async with asyncio.timeout(spec.deadline_s):
                return answer_of(await handler(asked))
        except TimeoutError:
            raise retry("The server took too long. Ask again.") from None

    async def _checked(self, request: web.Request, spec: RouteSpec, decoder: Any, session: Session | None) -> Request:
        if spec.roles is not None and session is not None and session.role not in spec.roles:
            raise forbidden(f"This is not for the role {session.role}.")
        if session is not None and session.bare and not spec.path.startswith(OWN_ACCOUNT):
            raise second_factor_needed()
        query = query_of(request, spec)
        body: Any = MultipartUpload(request) if spec.upload else None
        if decoder is not None:
            body = decode(decoder, await read_body(request))
        path = dict(request.match_info)
        if not all(map(is_storable, path.values())):
            raise not_found()  # no database could hold it, so it names nothing
        if spec.step_up and session is not None:
            await self._check_proof(session, spec.step_up)
        address = client_address(request, self._trusted_hops)
        origin, program = request.headers.get(hdrs.ORIGIN, ""), request.headers.get(hdrs.USER_AGENT, "")
        return Request(session, path, query, body, address, origin, printable(program[:PROGRAM_KEPT]))

    async def _tell(self, request: web.Request, spec: RouteSpec, session: Session, outcome: str) -> None:
        """Let the witness see it. What staff read is shown to them after its row is on disk, or not at all."""
        sought = request.query.get("query", "")
        about = About(
            object_of(request, spec),
            outcome,
            wait=outcome == DONE and spec.method == "GET",
            sought=sought,
            fields={"searched": True} if sought else {},
        )
        await self._witness.saw(session, f"{spec.method} {spec.path}", spec.audited, about)


OWN_ACCOUNT: Final = ("/api/v1/me", "/api/v1/step-up")
"""What staff may use who have not yet set up the second factor that their role has to have."""

_PLACE: Final = re.compile(r"/(?P<kind>[a-z-]+?)s?/\{(?P<name>[a-z_]+)\}")
_NAMED: Final = re.compile(r"[A-Za-z0-9_@.:+-]{1,64}")


def object_of(request: web.Request, spec: RouteSpec) -> str:
    """What a request is about, as the audit log names it; what cannot be an id is something that somebody made up."""
    place = _PLACE.search(spec.path)
    given = request.match_info.get(place["name"], "") if place is not None else ""
    return f"{place['kind']}:{given}" if place is not None and _NAMED.fullmatch(given) else ""


def device_of(address: str, program: str) -> str:
    """A digest that is the same for two accounts on one machine; it tells nothing else."""
    return hashlib.blake2b(f"{address}\n{program}".encode(errors="replace"), digest_size=6).hexdigest()


async def read_body(request: web.Request) -> bytes:
    """The whole body; raises `invalid` when it is not in the coding that it says, or the client has left or crawls."""
    try:
        async with asyncio.timeout(BODY_S):
            return await request.read()
    except TimeoutError:
        request.content.feed_eof()
        raise invalid(None, f"The body did not come within {BODY_S:.0f} seconds.") from None
    except (web.RequestPayloadError, ConnectionError):
        request.content.feed_eof()  # nothing more is to be read, not even to be thrown away
        raise invalid(None, "The body could not be read.") from None


def printable(text: str) -> str:
    """A header without what no header should hold."""
    return "".join(one for one in text if one.isprintable())


def query_of(request: web.Request, spec: RouteSpec) -> Any:
    """The query string as the route's Struct; unknown, repeated and misfit parameters are refused.

    A parameter without a value, as a form sends what was not filled in, is one that was not given.
    """
    if spec.query is NoQuery and not request.query:
        return NoQuery()
    given: dict[str, str] = {}
    for name, value in request.query.items():
        if name in given:
            raise invalid(name[:64], f"{name[:64]} is given twice.")
        refuse_unstorable(name[:64], value)
        given[name] = value
    given = {name: value for name, value in given.items() if value or name not in spec.query.__struct_fields__}
    try:
        return msgspec.convert(given, spec.query, strict=False)
    except msgspec.ValidationError as error:
        raise refusal_of(error) from None


def answer_of(result: Any) -> web.Response:
    """A result Struct as JSON, or a file."""
    if isinstance(result, Raw):
        headers: dict[str, str] = {}
        if result.policy is not None:
            headers["Content-Security-Policy"] = result.policy
        if result.filename is not None:
            headers[hdrs.CONTENT_DISPOSITION] = _saved_as(result.filename)
            headers["Content-Security-Policy"] = f"{SECURITY_HEADERS['Content-Security-Policy']}; sandbox"
            headers[hdrs.CACHE_CONTROL] = "no-store"
        headers[hdrs.CONTENT_TYPE] = result.content_type
        return web.Response(body=result.body, headers=headers)
    return web.Response(body=msgspec.json.encode(result), content_type="application/json")


def _saved_as(filename: str) -> str:
    """The name for old programs in ASCII, and as it is for the others."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", filename)
    exact = "" if plain == filename else f"; filename*=UTF-8''{quote(filename, safe='')}"
    return f'attachment; filename="{plain}"{exact}'


refusals: Final[Counter[str]] = Counter()
"""Requests that were refused in this process, by code."""


def refused(error: ChatError) -> web.Response:
    """A refusal as the contract words it."""
    refusals[error.code] += 1
    headers = {}
    if error.retry_after_ms is not None:
        headers["Retry-After"] = str(-(-error.retry_after_ms // 1_000))
    body = msgspec.json.encode({"error": error.as_dict()})
    return web.Response(body=body, status=error.status, content_type="application/json", headers=headers)


@web.middleware
async def errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Every failure becomes the one shape of errors; nothing of the inside leaks out."""
    DOING.set(None)  # a connection serves many requests in one task
    try:
        response = await handler(request)
    except ChatError as error:
        response = refused(error)
    except web.HTTPRequestEntityTooLarge:
        response = refused(ChatError("too_large", f"At most {BODY_BYTES} bytes."))
    except web.HTTPNotFound:
        response = refused(not_found("page"))
    except web.HTTPMethodNotAllowed as error:
        response = refused(invalid(None, "This path does not know that method."))
        response.set_status(405)
        response.headers[hdrs.ALLOW] = ", ".join(sorted(error.allowed_methods))
    except (web.HTTPException, asyncio.CancelledError):
        raise
    except Exception:
        reference = secrets.token_hex(4)
        log.exception("failed", where=_route_of(request), reference=reference)
        response = refused(retry(f"Something went wrong. Ask again; if it stays, give reference {reference}."))
    if request.content.exception() is not None:
        response.force_close()  # where the next request begins on this link, nobody knows
    return response


def _route_of(request: web.Request) -> str:
    """The path as it is declared: what stands in a real one may be anything."""
    resource = request.match_info.route.resource
    return f"{request.method} {resource.canonical if resource is not None else 'unknown'}"


async def add_security_headers(_: web.Request, response: web.StreamResponse) -> None:
    """On every answer, errors included."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if response.content_type == "application/json":
        response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")


def new_application() -> web.Application:
    """An aiohttp application with the error shape, limits and headers of the product."""
    app = web.Application(client_max_size=BODY_BYTES, middlewares=[errors])
    app.on_response_prepare.append(add_security_headers)
    return app
