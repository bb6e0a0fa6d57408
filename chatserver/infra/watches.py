"""Which conversations have a party in this process, and how far each was delivered to it. No I/O."""

from collections.abc import Callable, Iterator
from typing import Final

from chatserver.conversation.states import Head, parties_of

ENDED_KEPT: Final = 10_000
"""Closed conversations whose cursors are remembered: ratings and reopenings come within a day."""


class Watched:
    """A conversation that has a party here: its head, its parties, and what was sent of each thread."""

    def __init__(self, head: Head, public: int, internal: int) -> None:
        self.head = head
        self.parties = parties_of(head)
        self.cursors = {"public": public, "internal": internal}


class Watches:
    """The conversations of this process. Nobody watches what is closed, or whose parties have all gone.

    `present` tells whether an identity has a socket here; `begun` and `ended` are called with the id.
    """

    def __init__(
        self, present: Callable[[str], bool], begun: Callable[[str], None], ended: Callable[[str], None]
    ) -> None:
        self._present = present
        self._begun = begun
        self._ended = ended
        self._watched: dict[str, Watched] = {}
        self._of_identity: dict[str, set[str]] = {}
        self._delivered: dict[str, dict[str, int]] = {}  # of conversations that are closed, the oldest first

    def __contains__(self, conversation: str) -> bool:
        return conversation in self._watched

    def __iter__(self) -> Iterator[Watched]:
        return iter(tuple(self._watched.values()))

    def get(self, conversation: str) -> Watched | None:
        """A conversation, None when it is not watched."""
        return self._watched.get(conversation)

    def of(self, identity: str) -> list[Watched]:
        """The conversations to which an identity is a party."""
        return [self._watched[conversation] for conversation in self._of_identity.get(identity, ())]

    def concerns(self, head: Head) -> bool:
        """Whether a party has a socket here."""
        return any(map(self._present, parties_of(head)))

    def start(self, head: Head, public: int, internal: int) -> Watched:
        """Watch a conversation whose parties have seen this much; more if it was watched until it was closed."""
        seen = self._delivered.pop(head.id, {"public": 0, "internal": 0})
        watched = Watched(head, max(public, seen["public"]), max(internal, seen["internal"]))
        self._watched[head.id] = watched
        for identity in watched.parties:
            self._of_identity.setdefault(identity, set()).add(head.id)
        self._begun(head.id)
        return watched

    def move(self, watched: Watched, head: Head) -> None:
        """The conversation has come to this head; stop watching it if nobody here is concerned any more."""
        parties = parties_of(head)
        for identity in watched.parties - parties:
            self._forget(identity, head.id)
        for identity in parties - watched.parties:
            self._of_identity.setdefault(identity, set()).add(head.id)
        watched.head, watched.parties = head, parties
        self.stop_if_idle(watched)

    def gone(self, identity: str) -> None:
        """An identity has no socket here any more."""
        for watched in self.of(identity):
            self.stop_if_idle(watched)

    def stop_if_idle(self, watched: Watched) -> None:
        """Stop watching what is closed or concerns nobody here."""
        head = watched.head
        if head.is_open and self.concerns(head):
            return
        del self._watched[head.id]
        for identity in watched.parties:
            self._forget(identity, head.id)
        if not head.is_open:
            self._remember(head.id, watched.cursors)
        self._ended(head.id)

    def _remember(self, conversation: str, cursors: dict[str, int]) -> None:
        self._delivered[conversation] = cursors
        if len(self._delivered) > ENDED_KEPT:
            del self._delivered[next(iter(self._delivered))]

    def _forget(self, identity: str, conversation: str) -> None:
        mine = self._of_identity[identity]
        mine.discard(conversation)
        if not mine:
            del self._of_identity[identity]
