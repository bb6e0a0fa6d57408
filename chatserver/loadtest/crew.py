"""The agents of a run: one socket each, and what they see."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import aiohttp

from chatserver.client import ChatError, Client, Durable, Event, Passing
from chatserver.desk.messages import AcceptOffer, Offer, PresenceEvent, SetPresence
from chatserver.loadtest.case import Case
from chatserver.loadtest.options import AuthSource, Options

CONNECTING: Final = 16
"""Agents who connect at a time: signing in costs the server half a second of hashing each."""


class Board:
    """All conversations that anybody of the run has seen.

    `moved_at` is when anything last happened, `tiers` are the tiers of agents by id, as far as they were told.
    """

    def __init__(self) -> None:
        self._cases: dict[str, Case] = {}
        self.tiers: dict[str, int] = {}
        self.moved_at = time.perf_counter()

    def case(self, conversation: str) -> Case:
        """The case of a conversation."""
        found = self._cases.get(conversation)
        if found is None:
            found = self._cases[conversation] = Case(conversation)
        return found

    def saw(self, side: str, event: Event) -> None:
        """A side has got an event."""
        if isinstance(event, Durable):
            self.moved_at = time.perf_counter()
            self.case(event.conversation).saw(side, event, self.moved_at)

    def forget(self, conversation: str) -> None:
        """A conversation is over and checked."""
        self._cases.pop(conversation, None)


class Colleague:
    """One agent: takes what comes, and writes what the replay says."""

    def __init__(self, url: str, auth: AuthSource, board: Board, http: aiohttp.ClientSession) -> None:
        self._board = board
        self.client = Client.connect(url, auth=auth, on_event=self._on_event, http=http)
        self.capacity = 0
        self._accepting: set[asyncio.Task[None]] = set()

    @property
    def id(self) -> str:
        """The agent's id."""
        return self.client.session.subject

    async def come(self) -> None:
        """Become available. Raises `ChatError`."""
        self.capacity = (await self.client.command(SetPresence(status="available"))).capacity

    async def go(self) -> None:
        """Leave; what is still assigned comes back to the queue."""
        await self.client.command(SetPresence(status="offline"), deadline_s=5.0)

    def _on_event(self, event: Event) -> None:
        match event:
            case Durable():
                self._board.saw(self.id, event)
            case Passing("presence", PresenceEvent(agent, _)):
                self._board.tiers[agent.id] = agent.tier
            case Passing("offer", Offer() as offer):
                task = asyncio.get_running_loop().create_task(self._accept(offer))
                self._accepting.add(task)
                task.add_done_callback(self._accepting.discard)

    async def _accept(self, offer: Offer) -> None:
        try:
            await self.client.command(AcceptOffer(conversation=offer.conversation, epoch=offer.epoch))
        except (ChatError, ConnectionError):
            return  # expired or withdrawn: it is offered to somebody else


class Crew:
    """Everybody who serves, by id."""

    def __init__(self, members: list[Colleague]) -> None:
        self._members = {member.id: member for member in members}

    def get(self, agent: str) -> Colleague | None:
        """The member with this id."""
        return self._members.get(agent)

    @property
    def capacity(self) -> int:
        """Conversations at a time, of all together."""
        return sum(member.capacity for member in self._members.values())

    @property
    def members(self) -> list[Colleague]:
        """Everybody."""
        return list(self._members.values())


@asynccontextmanager
async def crew_of(options: Options, board: Board, http: aiohttp.ClientSession) -> AsyncIterator[Crew]:
    """Connect all agents and make them available; they leave at the end. Raises `ChatError`, `ConnectionError`."""
    async with AsyncExitStack() as stack:
        agents, url = options.agents, options.asked.url
        members: list[Colleague] = []
        for start in range(0, len(agents), CONNECTING):
            group = [Colleague(url, auth, board, http) for auth in agents[start : start + CONNECTING]]
            await asyncio.gather(*(stack.enter_async_context(member.client) for member in group))
            await asyncio.gather(*(member.come() for member in group))
            members += group
            options.progress(f"{len(members)} of {len(agents)} agents are there")
        try:
            yield Crew(members)
        finally:
            await asyncio.gather(*(member.go() for member in members), return_exceptions=True)
