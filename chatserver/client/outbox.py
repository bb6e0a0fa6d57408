"""Commands on their way: numbered, in lanes, kept until they are answered for good. No I/O, no clock.

A lane is what must stay in order (one conversation): only its first command is in flight, so that one that must be sent
again cannot be overtaken by a later one. Commands without a lane go at once.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec import UNSET, Raw

from chatserver.client.wire import Reply, WireError, encode_command
from chatserver.core.errors import ChatError

AGAIN: Final = frozenset({"retry", "storage"})
"""Codes after which the same command is sent again."""


@dataclass(slots=True, eq=False)
class Request:
    """One command; `number` is its ack id, the same on every attempt.

    `sent_at` is when it was last sent, None while it is not in flight; `resting` while it waits to be sent again after
    `refusal`; `attempts` counts refusals.
    """

    number: int
    lane: str | None
    frame: str
    answer: asyncio.Future[Raw]
    sent_at: float | None = None
    resting: bool = False
    attempts: int = 0
    refusal: ChatError | None = None


@dataclass(slots=True)
class Outbox:
    """All commands that have no answer yet, in the order in which they were given."""

    requests: dict[int, Request] = field(default_factory=dict)
    _lanes: dict[str, deque[Request]] = field(default_factory=dict)
    _count: int = 0

    def add(self, name: str, body: Any, lane: str | None) -> Request:
        """Take a command; whether it may go now says `is_next`."""
        self._count += 1
        answer = asyncio.get_running_loop().create_future()
        request = Request(self._count, lane, encode_command(self._count, name, body), answer)
        self.requests[request.number] = request
        if lane is not None:
            self._lanes.setdefault(lane, deque()).append(request)
        return request

    def is_next(self, request: Request) -> bool:
        """Whether nothing in its lane stands before it."""
        return request.lane is None or self._lanes[request.lane][0] is request

    def answered(self, number: int, reply: Reply) -> Request | None:
        """Take an answer; a `Request` is returned when it is to be sent again after a rest."""
        request = self.requests.get(number)
        if request is None:
            return None
        if reply.ok:
            self._settle(request, reply.result)
            return None
        request.refusal = refusal_of(reply)
        if request.refusal.code in AGAIN:
            request.attempts += 1
            request.sent_at, request.resting = None, True
            return request
        if not request.answer.done():
            request.answer.set_exception(request.refusal)
        return None

    @staticmethod
    def _settle(request: Request, result: Any) -> None:
        if result is UNSET:
            raise WireError("A reply without its result.")
        if not request.answer.done():
            request.answer.set_result(result)

    def remove(self, request: Request) -> Request | None:
        """Forget a command that is over; returns the next of its lane if that may go now."""
        if self.requests.pop(request.number, None) is None or request.lane is None:
            return None
        lane = self._lanes[request.lane]
        was_first = lane[0] is request
        lane.remove(request)
        if not lane:
            del self._lanes[request.lane]
            return None
        return lane[0] if was_first else None

    def link_lost(self) -> None:
        """Nothing is in flight any more."""
        for request in self.requests.values():
            request.sent_at = None

    def to_send(self) -> list[Request]:
        """What is to be sent on a new link, in order, before anything new."""
        return [
            request
            for request in self.requests.values()
            if request.sent_at is None and not request.resting and not request.answer.done() and self.is_next(request)
        ]

    def oldest_sent_at(self) -> float | None:
        """When the oldest command in flight was sent."""
        sent = [request.sent_at for request in self.requests.values() if request.sent_at is not None]
        return min(sent, default=None)

    def fail(self, error: Exception) -> None:
        """There will be no answers any more."""
        for request in self.requests.values():
            if not request.answer.done():
                request.answer.set_exception(error)


def refusal_of(reply: Reply) -> ChatError:
    """The error of a reply that is not ok."""
    if reply.error is UNSET:
        raise WireError("A refusal without its error.")
    error = reply.error
    return ChatError(error.code, error.message, field=error.field, retry_after_ms=error.retry_after_ms)
