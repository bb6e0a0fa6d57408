"""The logs as one client knows them: in order, without holes, each event once. Pure, no I/O."""

from typing import Final

from msgspec import UNSET

from chatserver.client.events import Durable
from chatserver.conversation.events import Thread
from chatserver.conversation.messages import Heads
from chatserver.conversation.reducer import View, reduce

THREADS: Final[tuple[Thread, ...]] = ("public", "internal")


class ThreadLog:
    """One thread from 1 on.

    `events` are those known without a hole, `head` the highest number heard of, `repeated` counts events that came
    again, `gaps` how often one came too early.
    """

    __slots__ = ("_early", "events", "gaps", "head", "repeated")

    def __init__(self) -> None:
        self.events: list[Durable] = []
        self.head = 0
        self.repeated = 0
        self.gaps = 0
        self._early: dict[int, Durable] = {}

    @property
    def last(self) -> int:
        """Everything up to this number is known."""
        return len(self.events)

    @property
    def behind(self) -> bool:
        """Whether something is missing that is known to exist."""
        return self.head > len(self.events)

    def add(self, event: Durable) -> list[Durable]:
        """Take an event; returns those that are now next, in order. One known already changes nothing."""
        if event.seq <= self.last or event.seq in self._early:
            self.repeated += 1
            return []
        self.head = max(self.head, event.seq)
        if event.seq > self.last + 1:
            self.gaps += 1
            self._early[event.seq] = event
            return []
        return self._advance(event)

    def _advance(self, event: Durable | None) -> list[Durable]:
        fresh = []
        while event is not None:
            fresh.append(event)
            event = self._early.pop(event.seq + 1, None)
        self.events += fresh
        return fresh

    def heard_of(self, head: int) -> None:
        """Somebody says that the thread reaches this far."""
        self.head = max(self.head, head)

    def reaches(self, head: int) -> None:
        """The log itself says that it ends here; what was heard beyond it was wrong."""
        self.head = max(head, self.last, *self._early)


class ConversationLog:
    """Both threads of one conversation; the internal one stays empty for users."""

    __slots__ = ("id", "threads")

    def __init__(self, conversation: str) -> None:
        self.id = conversation
        self.threads: dict[Thread, ThreadLog] = {thread: ThreadLog() for thread in THREADS}

    @property
    def public(self) -> ThreadLog:
        """What both parties read."""
        return self.threads["public"]

    @property
    def internal(self) -> ThreadLog:
        """What agents alone read."""
        return self.threads["internal"]

    def heard_of(self, heads: Heads) -> None:
        """The server says how far the threads reach."""
        self.public.heard_of(heads.public)
        if heads.internal is not UNSET:
            self.internal.heard_of(heads.internal)

    def behind(self) -> list[Thread]:
        """Threads in which something is missing that is known to exist."""
        return [thread for thread, log in self.threads.items() if log.behind]

    def view(self) -> View:
        """What a screen would show of it."""
        return reduce([event.as_dict() for log in self.threads.values() for event in log.events])
