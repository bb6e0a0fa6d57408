"""A person with one stock Socket.IO client: says commands, keeps what is heard, waits for what is to come."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
import socketio

SOON_S: Final = 20.0
"""Far more than anything takes; only a failing test waits for it."""

Where = Callable[[dict[str, Any]], bool]


class Refused(Exception):
    """The server said no; `code` and `field` say why."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error)
        self.error = error
        self.code = error["code"]
        self.field = error.get("field")


class Person:
    """One device of somebody. `token` is the Authorization header of the same person over HTTP."""

    def __init__(self, name: str, token: str = "") -> None:
        self.name = name
        self.token = token
        self.heard: list[tuple[str, Any]] = []
        self.said: list[tuple[str, Any, dict[str, Any]]] = []
        """Commands with their bodies and replies."""
        self._read: dict[str, int] = {}
        self._news = asyncio.Event()
        self._gone = asyncio.Event()
        self.client: Any = None

    @asynccontextmanager
    async def connected(self, address: str, auth: Any, **options: Any) -> AsyncIterator["Person"]:
        """Come and be welcomed, leave in the end. Raises `Refused`."""
        options = {"transports": ["websocket"], "wait_timeout": SOON_S, **options}
        async with aiohttp.ClientSession() as http:  # given, as the client leaves its own open when refused
            self.client = self._client(http)
            try:
                await self._connect(address, auth=auth, **options)
                await self.wait_for("welcome")
                yield self
            finally:
                await self.client.shutdown()

    async def _connect(self, address: str, **options: Any) -> None:
        try:
            await self.client.connect(address, **options)
        except socketio.exceptions.ConnectionError as error:
            raise Refused(self._refusal(str(error))) from None

    def _client(self, http: aiohttp.ClientSession) -> socketio.AsyncClient:
        client = socketio.AsyncClient(reconnection=False, handle_sigint=False, http_session=http)
        client.on("*", self._hear)
        client.on("connect_error", lambda error: self._hear("connect_error", error))
        client.on("disconnect", lambda *_: self._end())
        return client

    def _refusal(self, otherwise: str) -> dict[str, Any]:
        for name, body in self.heard:
            if name == "connect_error" and isinstance(body, dict):
                return {"code": body["data"]["code"], "message": body["message"]}
        return {"code": "unreachable", "message": otherwise}

    def _hear(self, name: str, body: Any = None) -> None:
        self.heard.append((name, body))
        self._news.set()

    def _end(self) -> None:
        self._gone.set()
        self._news.set()

    # Who this is

    @property
    def welcome(self) -> dict[str, Any]:
        """The body of the first event."""
        return next(dict(body) for name, body in self.heard if name == "welcome")

    @property
    def id(self) -> str:
        """The subject: our id of the user or agent."""
        return str(self.welcome["session"]["subject"])

    @property
    def here(self) -> bool:
        """Whether the socket lives."""
        return bool(self.client.connected)

    # What this one says

    async def reply(self, name: str, body: Any) -> dict[str, Any]:
        """The whole reply to a command with any body."""
        reply = await self.client.call(name, body, timeout=SOON_S)
        self.said.append((name, body, reply))
        assert reply.keys() == {"ok", "result" if reply["ok"] else "error"}, reply
        return dict(reply)

    async def call(self, name: str, **body: Any) -> dict[str, Any]:
        """The result of a command. Raises `Refused`."""
        reply = await self.reply(name, body)
        if not reply["ok"]:
            raise Refused(reply["error"])
        return dict(reply["result"])

    async def refusal(self, name: str, **body: Any) -> str:
        """The code with which a command is refused, as it must be."""
        reply = await self.reply(name, body)
        assert not reply["ok"], reply
        return str(reply["error"]["code"])

    async def say(self, conversation: str, text: str, key: str | None = None, **more: Any) -> dict[str, Any]:
        """Send a message, with a fresh key unless one is given."""
        body = {"conversation": conversation, "text": text, "key": key or uuid.uuid4().hex, **more}
        return await self.call("send_message", **body)

    async def log(self, conversation: str, thread: str = "public") -> list[dict[str, Any]]:
        """All events of a thread, as `sync` gives them."""
        events: list[dict[str, Any]] = []
        more = True
        while more:
            after = events[-1]["seq"] if events else 0
            page = await self.call("sync", conversation=conversation, thread=thread, after=after)
            events += page["events"]
            more = page["more"]
        return events

    async def types(self, conversation: str) -> list[str]:
        """What has happened, by name."""
        return [event["type"] for event in await self.log(conversation)]

    async def leave(self) -> None:
        """Close the socket as a page that is closed does."""
        await self.client.disconnect()
        await self.gone()

    # What this one hears

    async def wait_for(self, name: str, where: Where = lambda _: True, **wanted: Any) -> dict[str, Any]:
        """The body of the next event of this name, not returned before, that holds what is wanted."""
        async with asyncio.timeout(SOON_S):
            while True:
                self._news.clear()
                for place in range(self._read.get(name, 0), len(self.heard)):
                    heard, body = self.heard[place]
                    if heard == name and _holds(body, wanted) and where(body):
                        self._read[name] = place + 1
                        return dict(body)
                assert not self._gone.is_set(), f"{self.name} has been sent away and waits for {name}"
                await self._news.wait()

    async def sees(self, agent: "Person", conversation: str | None = None) -> dict[str, Any]:
        """Wait until a conversation is assigned to this agent."""
        wanted = {} if conversation is None else {"conversation": conversation}
        return await self.wait_for("agent_assigned", where=lambda event: event["agent"]["id"] == agent.id, **wanted)

    async def gone(self) -> None:
        """Wait until the socket has ended."""
        async with asyncio.timeout(SOON_S):
            await self._gone.wait()

    async def told(self, *names: str) -> list[Any]:
        """Bodies of all events of these names up to now; what was sent before is sure to be among them."""
        await self.reply("no_such_command", {})
        return [body for name, body in self.heard if name in names]


def _holds(body: Any, wanted: dict[str, Any]) -> bool:
    return all(isinstance(body, dict) and body.get(name) == value for name, value in wanted.items())
