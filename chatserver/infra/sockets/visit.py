"""The life of one socket, from handshake to goodbye: what each frame means, what it may do, and how long it may last.

Knows frames as text and the product as a `Door`; no web server and no bytes. A shell makes a `Visit`, calls `arrive`,
gives it every text frame in order (`take`), reports the rest (`stray`, `refuse`), and awaits `leave` once at the end.
"""

import asyncio
import secrets
import traceback
from typing import Any, Final

import msgspec
import structlog

from chatserver.core.doing import DOING, Doing
from chatserver.core.errors import ChatError, retry
from chatserver.core.session import Role
from chatserver.infra.sockets import wire
from chatserver.infra.sockets.connection import Connection
from chatserver.infra.sockets.door import Peer
from chatserver.infra.sockets.heartbeat import Beat, Expiry, Heartbeat, Term
from chatserver.infra.sockets.house import MAX_FRAME_BYTES, House
from chatserver.infra.sockets.pace import Flood, Pace

log = structlog.get_logger(__name__)

CONNECT_CODES: Final = frozenset(
    {"unauthenticated", "forbidden", "invalid", "upgrade_required", "rate_limited", "retry"}
)
"""Codes a CONNECT may be refused with; any other failure there is one to `retry`."""

CROWDED_RETRY_MS: Final = 5_000
"""Others at the same address need a moment to leave."""


class Visit:
    """One socket; everything happens in the task of its shell and in one timer."""

    def __init__(self, house: House, connection: Connection, peer: Peer) -> None:
        self._house = house
        self._connection = connection
        self._peer = peer
        self._loop = asyncio.get_running_loop()
        now = self._loop.time()
        limits = house.limits
        self._heartbeat = Heartbeat(limits.ping_interval_s, limits.ping_timeout_s, now)
        self._expiry = Expiry()
        self._rate = limits.rate(Role.USER)
        self._pace = Pace(self._rate, now)
        self._spoken = False  # CONNECT came
        self._admitted = False  # the door let it in and is owed a `disconnected`
        self._speak_until = now + limits.speak_within_s
        self._armed_for: int | None = None  # the end of the token that the timer knows of
        self._timer: asyncio.TimerHandle | None = None

    def arrive(self) -> None:
        """Shake hands, and start to wait for a CONNECT."""
        limits, connection = self._house.limits, self._connection
        connection.when_closed(self._closed)
        ping_ms, timeout_ms = round(limits.ping_interval_s * 1000), round(limits.ping_timeout_s * 1000)
        connection.tell(wire.handshake(connection.id, ping_ms, timeout_ms, MAX_FRAME_BYTES))
        self._arm()

    async def take(self, frame: str) -> None:
        """Act on one text frame; returns when it is answered. Never raises."""
        pong_due = self._heartbeat.pinged
        self._heartbeat.heard()
        try:
            match wire.parse(frame):
                case wire.Event() as event if self._admitted:
                    await self._command(event)
                case wire.Pong():
                    if not pong_due:
                        self._pace.stray(self._loop.time())
                case wire.Connect(auth) if not self._spoken:
                    await self._enter(auth)
                case wire.Disconnect():
                    self._connection.close("left", final=False)
                case _:
                    self.refuse("packet out of turn")
        except wire.BadFrame as bad:
            self.refuse(bad.reason)
        except Flood:
            self._connection.close("flood")

    def stray(self) -> None:
        """Count a frame that means nothing here, such as a WebSocket ping."""
        try:
            self._pace.stray(self._loop.time())
        except Flood:
            self._connection.close("flood")

    def refuse(self, reason: str) -> None:
        """End the socket for a frame that no proper client sends."""
        log.info("bad frame", reason=reason, connection=self._connection.id)
        self._connection.close("bad_frame", final=False)

    async def leave(self) -> None:
        """The socket has ended, or is about to; tell the door."""
        self._connection.close("gone", final=False)
        if not self._admitted:
            return
        self._admitted = False
        try:
            await self._house.door.disconnected(self._connection)
        except Exception as error:
            self._defect("disconnected", error)

    async def _enter(self, auth: Any) -> None:
        self._spoken = True
        self._house.crowd.speak(self._connection.id)
        self._connection.begin_answer()
        try:
            await self._in_turn(auth)
        except ChatError as refusal:
            self._turn_away(refusal)
        except TimeoutError:
            self._turn_away(retry("The server is busy. Connect again in a moment."))
        except Exception as error:
            self._turn_away(self._defect("connect", error))
        finally:
            self._connection.end_answer()

    async def _in_turn(self, auth: Any) -> None:
        house = self._house
        if house.entrance.locked():
            async with asyncio.timeout(house.limits.turn_within_s):
                await house.entrance.acquire()
        else:
            await house.entrance.acquire()
        try:
            await self._let_in(auth)
        finally:
            house.entrance.release()

    async def _let_in(self, auth: Any) -> None:
        house, connection = self._house, self._connection
        self._refuse_when_full()
        with house.letting_in.begin():
            await house.door.connect(connection, auth, self._peer)
            self._admitted = True
            if connection.session is None:
                raise RuntimeError("the door set no session")
            self._rate = house.limits.rate(connection.session.role)
            self._pace = Pace(self._rate, self._loop.time())
            house.connections.add(connection, connection.session)
            welcome = await house.door.welcome(connection)
        connection.open(wire.connect_packet(connection.id), wire.event_packet("welcome", welcome))
        self._arm()
        try:
            await house.door.connected(connection)
        except Exception as error:
            # The client is in and asks for what it misses: no reason to throw it out again.
            self._defect("connected", error)

    def _refuse_when_full(self) -> None:
        if self._house.closing:
            raise retry("The server is restarting. Connect again in a moment.")
        if self._house.crowd.full():
            raise retry("The server is full. Connect again in a moment.")
        if self._house.crowd.full_at(self._peer.address):
            text = "There are too many connections from your address."
            raise ChatError("rate_limited", text, retry_after_ms=CROWDED_RETRY_MS)

    def _turn_away(self, refusal: ChatError) -> None:
        code = refusal.code if refusal.code in CONNECT_CODES else "retry"
        self._house.turned_away[code] += 1
        self._connection.tell(wire.connect_error_packet(code, refusal.message))
        self._connection.close("refused", final=False)

    async def _command(self, event: wire.Event) -> None:
        connection = self._connection
        connection.commands += 1
        self._house.commands += 1
        wait_ms = self._pace.command(self._loop.time()) or self._wait_for_others()
        if wait_ms:
            refusal = ChatError("rate_limited", "Too fast. Wait a moment.", retry_after_ms=wait_ms)
            connection.send(wire.ack_packet(event.ack, self._failure(refusal)))
            return
        connection.begin_answer()
        try:
            connection.send(wire.ack_packet(event.ack, await self._outcome(event)))
        finally:
            connection.end_answer()
        if connection.session is not None and connection.session.expires_at != self._armed_for:
            self._arm()  # renewed

    def _wait_for_others(self) -> int:
        """What other sockets of the same identity have left to this one: 0, or milliseconds to wait."""
        session = self._connection.session
        if session is None:
            return 0
        return self._house.identities.command(session.identity, self._rate, self._loop.time())

    async def _outcome(self, event: wire.Event) -> bytes:
        session = self._connection.session
        doing = DOING.set(Doing(session.id if session else "", event.name, event.body))
        try:
            result = await self._house.door.command(self._connection, event.name, event.body)
        except ChatError as refusal:
            return self._failure(refusal)
        except Exception as error:
            return self._failure(self._defect(event.name[:64], error))
        finally:
            DOING.reset(doing)
        return b'{"ok":true,"result":' + result + b"}"

    def _failure(self, refusal: ChatError) -> bytes:
        self._house.refused[refusal.code] += 1
        return msgspec.json.encode({"ok": False, "error": refusal.as_dict()})

    def _defect(self, where: str, error: Exception) -> ChatError:
        self._house.defects += 1
        # Neither the exception's text nor a traceback: both may hold what somebody wrote.
        reference = secrets.token_hex(4)
        place = traceback.extract_tb(error.__traceback__)[-1]
        log.error(
            "failed",
            where=where,
            error=type(error).__name__,
            at=f"{place.filename}:{place.lineno}",
            reference=reference,
            connection=self._connection.id,
        )
        return retry(f"Something went wrong. Send the same again; if it stays, give reference {reference}.")

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._connection.closed:
            return
        at = self._heartbeat.next_at
        if not self._spoken:
            at = min(at, self._speak_until)
        session = self._connection.session
        if session is not None:
            self._armed_for = session.expires_at
            rest_ms = self._expiry.next_in_ms(self._house.clock.now(), session.expires_at)
            at = at if rest_ms is None else min(at, self._loop.time() + rest_ms / 1000)
        self._timer = self._loop.call_at(at, self._tick)

    def _tick(self) -> None:
        now = self._loop.time()
        if not self._spoken and now >= self._speak_until:
            self._connection.close("no_connect", final=False)
        self._check_link(now)
        self._check_token()
        self._arm()

    def _check_link(self, now: float) -> None:
        beat = self._heartbeat.beat(now)
        if beat is Beat.PING:
            self._connection.tell(wire.PING)
        elif beat is Beat.SILENT and self._connection.answering:
            self._heartbeat.heard()  # nobody listens while a command runs: silence says nothing
        elif beat is Beat.SILENT:
            self._connection.close("silent", hard=True)

    def _check_token(self) -> None:
        session = self._connection.session
        if session is None or not self._admitted:
            return
        now_ms = self._house.clock.now()
        term = self._expiry.check(now_ms, session.expires_at)
        if term is Term.OVER:
            self._connection.close("expired")
        elif term is Term.WARN and session.expires_at is not None:
            body = {"in_ms": max(0, session.expires_at - now_ms)}
            self._connection.send(wire.event_packet("auth_expiring", msgspec.json.encode(body)))

    def _closed(self, connection: Connection) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._house.crowd.leave(connection.id)
        self._house.closed_for[connection.closed_for or ""] += 1
