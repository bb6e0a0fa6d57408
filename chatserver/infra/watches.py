"""Which conversations have a party in this process, and how far each was delivered to it. No I/O."""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from chatserver.conversation.states import Head, parties_of

ENDED_KEPT: Final = 300
"""Closed conversations that are remembered, some 900 bytes each: what comes after the end mostly comes soon."""

LATELY: Final = 200
"""Events after which it is not said any more what was missed while a conversation was closed."""


class Watched:
    """A conversation that has a party here.

    `head` is the newest that is known, with its `parties`; `cursors` are what was sent of each thread, and
    `delivered` is what the conversation had come to by those events.
    """

    def __init__(self, head: Head, delivered: Head, cursors: dict[str, int]) -> None:
        self.head = head
        self.parties = parties_of(head)
        self.delivered = delivered
        self.cursors = cursors


def cursors_at(head: Head) -> dict[str, int]:
    """Everything up to a head was sent."""
    return {"public": head.public_head, "internal": head.internal_head}


def unheard(head: Head) -> Head:
    """An open conversation before any agent took part: whoever does from now on comes by an event."""
    blank: dict[str, object] = {"status": "bot", "agent": None, "handed_off_by": None, "last_agent": None}
    blank |= dict.fromkeys(("joined", "consultants", "watchers"), ())
    return msgspec.structs.replace(head, **blank) if head.is_open else head


_unpack: Final = msgspec.msgpack.Decoder(tuple[Head, dict[str, int]]).decode


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
        self._closed: dict[str, bytes] = {}  # how far they were delivered, packed; the oldest first

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

    def seen(self, conversation: str) -> dict[str, int] | None:
        """How far each thread was delivered, None when nobody knows."""
        if (watched := self._watched.get(conversation)) is not None:
            return dict(watched.cursors)
        packed = self._closed.get(conversation)
        return None if packed is None else _unpack(packed)[1]

    def start(self, head: Head, delivered: Head, cursors: dict[str, int]) -> Watched:
        """Watch a conversation that has come so far for its parties, unless that is known from before it was closed."""
        packed = self._closed.pop(head.id, None)
        if packed is not None:
            earlier, reached = _unpack(packed)
            if cursors["public"] - reached["public"] <= LATELY:
                delivered, cursors = earlier, reached
        watched = Watched(head, delivered, cursors)
        self._watched[head.id] = watched
        for identity in watched.parties:
            self._of_identity.setdefault(identity, set()).add(head.id)
        self._begun(head.id)
        return watched

    def move(self, watched: Watched, head: Head) -> None:
        """The conversation has come to this head; stop watching it if nobody here is concerned any more."""
        if self._watched.setdefault(head.id, watched) is not watched:
            return  # begun anew while this one was told
        if not watched.parties:
            self._begun(head.id)  # its last party fell while being told of it; others may follow
        parties = parties_of(head)
        for identity in watched.parties - parties:
            self._forget(identity, head.id)
        for identity in parties - watched.parties:
            self._of_identity.setdefault(identity, set()).add(head.id)
        watched.head, watched.delivered, watched.parties = head, head, parties
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
        watched.parties = frozenset()
        if not head.is_open:
            self._remember(watched)
        self._ended(head.id)

    def _remember(self, watched: Watched) -> None:
        self._closed[watched.head.id] = msgspec.msgpack.encode((watched.delivered, watched.cursors))
        if len(self._closed) > ENDED_KEPT:
            del self._closed[next(iter(self._closed))]

    def _forget(self, identity: str, conversation: str) -> None:
        mine = self._of_identity[identity]
        mine.discard(conversation)
        if not mine:
            del self._of_identity[identity]
