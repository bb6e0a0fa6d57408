"""A client of the server that keeps its promises over any number of lost sockets."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final, Self, overload

import aiohttp
import msgspec
from msgspec import UNSET, Raw

from chatserver.client import results, wire
from chatserver.client.calls import Calls, Tasks
from chatserver.client.chat import Chat
from chatserver.client.events import Countdown, Durable, Event, Passing, is_durable, read_durable, read_passing
from chatserver.client.habits import Habits
from chatserver.client.inbox import Inbox
from chatserver.client.link import LinkLost
from chatserver.client.log import ConversationLog
from chatserver.client.tether import Auth, AuthSource, Credentials, Tether
from chatserver.conversation import messages as say
from chatserver.conversation.events import Thread
from chatserver.core.commands import Command
from chatserver.core.errors import ChatError
from chatserver.desk import messages as desk
from chatserver.trust.messages import Renew, Renewed

CLOSING_S: Final = 2.0
"""Longer than a socket's goodbye takes."""

_log = logging.getLogger("chatserver.client")
_welcome: Final = msgspec.json.Decoder(say.Welcome)


class Client:
    """One person's connection; use it as `async with Client.connect(url, auth=…) as client`.

    `welcome` is the latest one, `connects` counts them. Commands are sent again with the same key until they are
    answered or their deadline has passed; events come once each, in the order of their log, whatever happens to the
    socket.
    """

    def __init__(
        self,
        urls: Sequence[str],
        credentials: Credentials,
        habits: Habits,
        on_event: Callable[[Event], None] | None,
        http: aiohttp.ClientSession | None,
    ) -> None:
        self._credentials = credentials
        self._habits = habits
        self._http, self._own_http = http, http is None
        self._inbox = Inbox()
        self._on_event = on_event or self._inbox.put
        self._tasks = Tasks()
        self._tether = Tether(urls, credentials, habits)
        self._calls = Calls(self._tether, habits, self._tasks)
        self._tether.on_packet, self._tether.on_lost = self._on_packet, self._calls.lost
        self._logs: dict[str, ConversationLog] = {}
        self._pulling: set[tuple[str, Thread]] = set()
        self._life: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._key = f"{secrets.token_hex(6)}-"
        self._key_count = 0
        self.connects = 0
        self.welcome: say.Welcome

    @classmethod
    def connect(
        cls,
        url: str | Sequence[str],
        *,
        auth: Auth | AuthSource,
        habits: Habits | None = None,
        on_event: Callable[[Event], None] | None = None,
        http: aiohttp.ClientSession | None = None,
    ) -> Self:
        """A client to enter; of several addresses every attempt takes one at random.

        `auth` is the object of the contract or a function, plain or async, that gives a fresh one. With `on_event`
        every event goes to that function instead of `events` and `wait_for`. `http` is shared and stays open.
        """
        urls = [url] if isinstance(url, str) else list(url)
        return cls(urls, Credentials(auth), habits or Habits(), on_event, http)

    async def __aenter__(self) -> Self:
        """Connect. Raises `ChatError` when refused, `ConnectionError` when nobody answered in time."""
        if self._http is None:
            self._http = aiohttp.ClientSession()
        self._life = asyncio.get_running_loop().create_task(self._live(self._http))
        ready = self._tasks.start(self._ready.wait())
        await asyncio.wait((self._life, ready), timeout=self._habits.deadline_s, return_when="FIRST_COMPLETED")
        if self._ready.is_set():
            return self
        ended = self._life.done()
        await self.close()
        if ended:
            self._life.result()
        raise ConnectionError(f"No answer within {self._habits.deadline_s} s.")

    async def __aexit__(self, *_failure: object) -> None:
        """Close."""
        await self.close()

    async def close(self) -> None:
        """End the connection for good; commands without an answer raise `ConnectionError`."""
        self._calls.end(ConnectionError("The client was closed."))
        self._inbox.close()
        while self._life is not None and not self._life.done():
            self._life.cancel()  # again if need be: a library below may swallow a cancellation
            await asyncio.wait((self._life,), timeout=CLOSING_S)
        await self._tasks.end()
        if self._own_http and self._http is not None:
            await self._http.close()

    async def _live(self, http: aiohttp.ClientSession) -> None:
        try:
            await self._tether.run(http)
        except Exception as end:
            self._calls.end(end)
            self._inbox.close(end)
            if self._ready.is_set():
                _log.warning("the connection ended: %s", end)
                return
            raise

    @property
    def session(self) -> say.SessionInfo:
        """Who the server says one is."""
        return self.welcome.session

    @property
    def connected(self) -> bool:
        """Whether a socket is up at this moment."""
        return self._tether.link is not None

    # --- commands ---

    @overload
    async def command(self, body: say.SendMessage | say.AddNote, deadline_s: float | None = None) -> say.Posted: ...
    @overload
    async def command(self, body: say.StartConversation, deadline_s: float | None = None) -> say.Started: ...
    @overload
    async def command(self, body: say.Sync, deadline_s: float | None = None) -> say.SyncPage: ...
    @overload
    async def command(self, body: desk.RequestAgent, deadline_s: float | None = None) -> desk.QueueState: ...
    @overload
    async def command(
        self, body: desk.CancelWaiting | desk.Transfer, deadline_s: float | None = None
    ) -> desk.StatusResult: ...
    @overload
    async def command(self, body: desk.SetPresence, deadline_s: float | None = None) -> desk.PresenceState: ...
    @overload
    async def command(self, body: desk.HandOff, deadline_s: float | None = None) -> desk.HandOffResult: ...
    @overload
    async def command(
        self,
        body: desk.AcceptOffer | desk.TakeBack | desk.JoinConversation | desk.ReopenConversation,
        deadline_s: float | None = None,
    ) -> say.ConversationResult: ...
    @overload
    async def command(self, body: Renew, deadline_s: float | None = None) -> Renewed: ...
    @overload
    async def command(self, body: Command, deadline_s: float | None = None) -> Any: ...

    async def command(self, body: Command, deadline_s: float | None = None) -> Any:
        """Send a command and return its result Struct.

        Raises `ChatError` with the server's refusal, or `retry` when the deadline passed without one: the same command
        with the same key may then be sent again. Raises `ConnectionError` when the client was closed meanwhile.
        """
        lane = results.lane_of(body)
        return results.read_result(body, await self._calls.call(results.name_of(body), body, lane, deadline_s))

    async def call(self, name: str, body: Any, deadline_s: float | None = None) -> Raw:
        """Send any command by name, in order with nothing, and return its result as JSON."""
        return await self._calls.call(name, body, None, deadline_s)

    async def authorization(self) -> str:
        """The `Authorization` header for HTTP requests as the same person."""
        auth = await self._credentials.present()
        return f"Bearer {auth['token']}" if "token" in auth else f"Visitor {auth['visitor']}"

    def new_key(self) -> str:
        """A key that nobody has used."""
        self._key_count += 1
        return f"{self._key}{self._key_count}"

    # --- events ---

    def conversation(self, conversation: str) -> Chat:
        """One conversation: its log so far, and the usual commands."""
        return Chat(self, self._log_of(conversation))

    def events(self) -> AsyncIterator[Event]:
        """Every event that nobody has taken yet and all that follow, until the client is closed."""
        return self._inbox.take_all()

    async def wait_for(self, wanted: Callable[[Event], bool], timeout_s: float = 10.0) -> Event:
        """The first event like this that nobody has taken yet. Raises `TimeoutError`."""
        return await self._inbox.take(wanted, timeout_s)

    def forget(self, conversation: str) -> None:
        """Free the memory of a conversation that is over; another event of it would be read from the beginning."""
        self._logs.pop(conversation, None)

    async def pull(self, conversation: str, thread: Thread = "public") -> None:
        """Read a thread up to its end. Raises `ChatError`."""
        log = self._log_of(conversation).threads[thread]
        more = True
        while more:
            before = log.last
            page = await self.command(say.Sync(conversation=conversation, thread=thread, after=before))
            for raw in page.events:
                self._take(read_durable(raw))
            log.reaches(page.last)
            more = page.more and log.last > before

    def _log_of(self, conversation: str) -> ConversationLog:
        log = self._logs.get(conversation)
        if log is None:
            log = self._logs[conversation] = ConversationLog(conversation)
        return log

    def _take(self, event: Durable) -> ConversationLog:
        log = self._log_of(event.conversation)
        for fresh in log.threads[event.thread].add(event):
            self._on_event(fresh)
        return log

    def _heal(self, log: ConversationLog) -> None:
        for thread in log.behind():
            if (log.id, thread) not in self._pulling:
                self._pulling.add((log.id, thread))
                self._tasks.start(self._pull_quietly(log.id, thread))

    async def _pull_quietly(self, conversation: str, thread: Thread) -> None:
        try:
            await self.pull(conversation, thread)
        except (ChatError, ConnectionError) as failure:
            # An offer shows the head of a log that is not readable yet; the next head or event asks again.
            _log.debug("no sync of %s: %s", conversation, failure)
        finally:
            self._pulling.discard((conversation, thread))

    # --- what the socket brings ---

    async def _on_packet(self, packet: wire.Packet) -> None:
        match packet:
            case wire.Told("welcome", body):
                await self._on_welcome(_welcome.decode(body))
            case wire.Told(name, body):
                self._on_told(name, body)
            case wire.Answered(number, reply):
                self._calls.answered(number, reply)
            case wire.Pinged():
                await self._tether.send(wire.PONG)
            case wire.Left():
                raise LinkLost("The server left.")
            case _:
                raise wire.WireError(f"{packet!r} came out of turn.")

    async def _on_welcome(self, welcome: say.Welcome) -> None:
        self.welcome = welcome
        self.connects += 1
        if welcome.visitor is not UNSET:
            self._credentials.visitor = welcome.visitor
        await self._calls.open()
        for conversation in welcome.conversations:
            log = self._log_of(conversation.id)
            log.heard_of(conversation.heads)
            if conversation.status != "offered":
                self._heal(log)
        if self._ready.is_set():
            self._on_event(Passing("welcome", welcome))
        self._ready.set()

    def _on_told(self, name: str, body: Raw) -> None:
        if is_durable(name):
            log = self._take(read_durable(body, name))
            if log.public.behind or log.internal.behind:
                self._heal(log)
            return
        event = read_passing(name, body)
        match event:
            case Passing("heads", heads):
                for conversation, reached in heads.items():
                    log = self._log_of(conversation)
                    log.heard_of(reached)
                    self._heal(log)
            case Passing("reconnect_soon", Countdown(in_ms)):
                asyncio.get_running_loop().call_later(in_ms / 1000, self._tether.move)
            case Passing("auth_expiring", _) if self._credentials.renewable:
                self._tasks.start(self._renew())
        self._on_event(event)

    async def _renew(self) -> None:
        try:
            auth = await self._credentials.present()
            await self.command(Renew(token=auth["token"]))
        except (ChatError, OSError, aiohttp.ClientError) as failure:
            # The server closes the socket then, and the next CONNECT brings fresh credentials.
            _log.warning("the credentials were not renewed: %s", failure)

    # --- for tests that misbehave on purpose ---

    async def send_raw(self, frame: str) -> None:
        """Put a text frame on the present socket as it is. Raises `LinkLost` when there is none."""
        await self._tether.send(frame)

    def on_frame(self, see: Callable[[str], None] | None) -> None:
        """Let a function see every text frame as it came."""
        self._tether.on_frame = see

    def drop_link(self) -> None:
        """Lose the present socket; the client comes back by itself."""
        self._tether.drop()
