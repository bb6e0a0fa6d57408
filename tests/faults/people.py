"""Honest people: what they say is said again until it is acknowledged or refused for good, and recorded."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from msgspec import UNSET

from chatserver.client import ChatError, Client, Durable, Event, Passing
from chatserver.conversation import messages as say
from chatserver.core.commands import Command
from chatserver.desk import messages as desk
from chatserver.trust.agents import Agent
from tests.faults.history import digest
from tests.faults.place import CANARY, Place

PASSING_CODES: Final = frozenset({"retry", "storage", "rate_limited"})
"""Refusals after which the same is said again."""

PATIENCE_S: Final = 60.0
"""How long somebody goes on trying; every fault is over before."""


class Person:
    """Somebody with one client. `gave_up` counts commands that were never answered for good."""

    def __init__(self, place: Place, name: str) -> None:
        self.place = place
        self.name = name
        self.gave_up = 0
        self.offers: list[desk.Offer] = []
        self.heard: list[Passing] = []
        self.client: Client
        self._news = asyncio.Event()

    @asynccontextmanager
    async def _here(self, auth: Any, urls: list[str] | None) -> AsyncIterator[None]:
        async with self.place.client(auth, self._hear, urls) as self.client:
            yield

    def _hear(self, event: Event) -> None:
        if isinstance(event, Passing):
            self._pass(event)
        self._news.set()

    def _pass(self, event: Passing) -> None:
        if event.type != "heads":
            self.heard.append(event)
        if event.type == "offer":
            self.offers.append(event.body)
            more = {"agent": self.name}
            fields = {"conversation": event.conversation, "seq": event.body.epoch, "more": more}
            self.place.history.add(self.name, "offer", "heard", **fields)

    async def until(self, fact: Any, timeout_s: float = 20.0) -> None:
        """Wait until something is true of what was heard. Raises `TimeoutError`."""
        async with asyncio.timeout(timeout_s):
            while not fact():
                self._news.clear()
                await self._news.wait()

    async def do(self, op: str, body: Command, patience_s: float = PATIENCE_S, text: str = "") -> Any:
        """Say a command until it is answered for good; None when it was refused or never answered."""
        fields = {"key": getattr(body, "key", ""), "conversation": getattr(body, "conversation", "")}
        fields |= {"text": digest(text) if text else ""}
        record, until = self.place.history.add, asyncio.get_running_loop().time() + patience_s
        record(self.name, op, "invoke", **fields)
        while True:
            try:
                result = await self.client.command(body, deadline_s=10.0)
            except ChatError as refusal:
                passing = refusal.code in PASSING_CODES
                record(self.name, op, "info" if passing else "fail", code=refusal.code, **fields)
                if not passing:
                    return None
            except ConnectionError as lost:
                record(self.name, op, "info", code=type(lost).__name__, **fields)
            else:
                record(self.name, op, "ok", **(fields | _outcome(result)))
                return result
            if asyncio.get_running_loop().time() >= until:
                self.gave_up += 1
                return None
            await asyncio.sleep(0.2)

    async def say(self, conversation: str, words: str, key: str = "", patience_s: float = PATIENCE_S) -> Any:
        """Write a message; its text names its key and its writer, so that no two are the same."""
        key = key or self.client.new_key()
        text = f"{words} {key} {self.name} {CANARY}"
        body = say.SendMessage(conversation=conversation, key=key, text=text)
        return await self.do("send_message", body, patience_s, text)

    def page(self, conversation: str) -> list[dict[str, Any]]:
        """The public thread as this client has it, from events and `sync`."""
        return [event.as_dict() for event in self.client.conversation(conversation).events]

    def kinds(self, conversation: str) -> list[str]:
        """What has happened, by name."""
        return [event.type for event in self.client.conversation(conversation).events]


def _outcome(result: Any) -> dict[str, Any]:
    if isinstance(result, say.Posted):
        return {"seq": result.seq, "id": result.id, "code": "duplicate" if result.duplicate else ""}
    if isinstance(result, say.Started):
        return {"conversation": result.conversation.id, "code": result.conversation.status}
    return {}


class Customer(Person):
    """A wallet user; `conversation` is the one that was started last, `conversations` are all."""

    def __init__(self, place: Place, name: str) -> None:
        super().__init__(place, name)
        self.conversation = ""
        self.conversations: set[str] = set()

    @asynccontextmanager
    async def here(self, urls: list[str] | None = None, ttl_s: int = 3_600) -> AsyncIterator["Customer"]:
        """Be connected."""
        async with self._here(lambda: {"as": "user", "token": self.place.user_token(self.name, ttl_s)}, urls):
            yield self

    async def start(self, *, want_agent: bool = True, key: str = "") -> say.Started:
        """Start a conversation, by default with an agent."""
        body = say.StartConversation(key=key or self.client.new_key(), want_agent=want_agent)
        started: say.Started | None = await self.do("start_conversation", body)
        assert started is not None, f"{self.name} could not start"
        self.conversation = started.conversation.id
        self.conversations.add(self.conversation)
        return started

    async def served(self, timeout_s: float = 30.0) -> None:
        """Wait until an agent serves this user."""
        await self.until(self.is_served, timeout_s)

    def is_served(self) -> bool:
        """Whether an agent serves this user as of what was heard."""
        view = self.client.conversation(self.conversation).view
        return view.status == "active"

    async def close(self) -> None:
        """End the conversation, so that it is nobody's any more."""
        if self.conversation:
            await self.do("close_conversation", say.CloseConversation(conversation=self.conversation))


class Clerk(Person):
    """An agent. An echoing one looks at what is assigned, answers every message of a user once and accepts every
    offer.
    """

    def __init__(self, place: Place, name: str, account: Agent, *, echo: bool = True) -> None:
        super().__init__(place, name)
        self.account = account
        self.status = "offline"
        self.busy = False
        self._echo = echo
        self._todo: asyncio.Queue[Durable | desk.Offer] = asyncio.Queue()

    @property
    def id(self) -> str:
        """The id of the account."""
        return self.account.id

    @asynccontextmanager
    async def here(self, urls: list[str] | None = None) -> AsyncIterator["Clerk"]:
        """Be connected, offline at first."""
        async with self._here(lambda: {"as": "agent", "token": self.place.agent_token(self.account)}, urls):
            working = asyncio.create_task(self._work())
            try:
                yield self
            finally:
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)

    async def set(self, status: Any, capacity: int | None = None) -> None:
        """Set the status; an agent who was away for too long says so again by `keep`."""
        self.status = status
        most = UNSET if capacity is None else capacity
        await self.do("set_presence", desk.SetPresence(status=status, capacity=most))

    def _hear(self, event: Event) -> None:
        if self._echo and isinstance(event, Durable) and event.type == "message_posted" and event.by.role == "user":
            self._remember(event)
        if self._echo and isinstance(event, Durable) and event.type == "agent_assigned":
            self._remember(event)
        if self._echo and isinstance(event, Passing) and event.type == "offer":
            self._remember(event.body)
        if isinstance(event, Passing) and event.type == "welcome" and self.status == "available":
            self._again = asyncio.create_task(self.set("available"))  # a console does so when its link is back
        super()._hear(event)

    async def _work(self) -> None:
        while True:
            await self._answer(await self._todo.get())
            self.busy = not self._todo.empty()

    async def _answer(self, asked: Durable | desk.Offer) -> None:
        if isinstance(asked, Durable) and asked.type == "agent_assigned":
            # As a console does: who shows no sign of life is taken for absent.
            await self.do("mark_read", say.MarkRead(conversation=asked.conversation, seq=asked.seq))
        elif isinstance(asked, Durable):
            await self.say(asked.conversation, "answer to", key=f"re-{asked.seq}")
        else:
            body = desk.AcceptOffer(conversation=asked.conversation, epoch=asked.epoch)
            await self.do("accept_offer", body)

    def _remember(self, asked: Durable | desk.Offer) -> None:
        self.busy = True
        self._todo.put_nowait(asked)


def some(prefix: str) -> str:
    """A name that nobody has."""
    return f"{prefix}-{secrets.token_hex(4)}"
