"""What all sides have seen of one replayed conversation. No I/O; times are seconds of one monotonic clock."""

import asyncio
from collections.abc import Callable

from chatserver.client import Durable
from chatserver.conversation.events import AgentAssigned, AgentInfo

USER = "user"
"""The side of the user; an agent's side is the agent's id."""


class Case:
    """One conversation.

    `seen_at[side][seq]` is when a side got an event of the public thread. As of the latest event that anybody has got:
    `owner` is who serves it, `handoffs` how often it was handed off, `assigned_seq` and `closed_seq` the numbers of the
    latest `agent_assigned` and `conversation_closed`, 0 for none.
    """

    def __init__(self, conversation: str) -> None:
        self.id = conversation
        self.seen_at: dict[str, dict[int, float]] = {}
        self.owner: AgentInfo | None = None
        self.handoffs = 0
        self.assigned_seq = 0
        self.closed_seq = 0
        self._latest = 0
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []

    def saw(self, side: str, event: Durable, now: float) -> None:
        """A side has got an event."""
        if event.thread != "public":
            return
        self.seen_at.setdefault(side, {}).setdefault(event.seq, now)
        if event.seq > self._latest:
            self._latest = event.seq
            self._apply(event)
        if self._waiting:
            self._wake()

    def _apply(self, event: Durable) -> None:
        match event.type:
            case "agent_assigned":
                assigned = event.body
                assert isinstance(assigned, AgentAssigned)
                self.owner, self.assigned_seq = assigned.agent, event.seq
            case "handed_off":
                self.owner = None
                self.handoffs += 1
            case "agent_left" | "queued":
                self.owner = None
            case "conversation_closed":
                self.owner, self.closed_seq = None, event.seq

    def has_seen(self, side: str, seq: int) -> bool:
        """Whether a side has got this event."""
        return seq in self.seen_at.get(side, ())

    async def until(self, fact: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until something is true of this case; False if it did not become so in time."""
        if fact():
            return True
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (fact, waiter)
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(timeout_s):
                await waiter
        except TimeoutError:
            return fact()
        else:
            return True
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)

    def _wake(self) -> None:
        for entry in [one for one in self._waiting if one[0]()]:
            self._waiting.remove(entry)
            if not entry[1].done():
                entry[1].set_result(None)
