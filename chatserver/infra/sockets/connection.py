"""One socket as the product sees it: somebody to send to, without waiting and without failing."""

import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import structlog

from chatserver.core.session import Session
from chatserver.infra.sockets import wire

log = structlog.get_logger(__name__)

# What one slow reader may make us keep. Beyond it the socket is dropped: its client comes back and asks for what it
# missed, which costs less than memory for all who do not read.
QUEUE_PACKETS: Final = 256
QUEUE_BYTES: Final = 1_000_000


class Link(Protocol):
    """The way out that a shell lends to a connection. Nothing in it waits or raises, also when the socket is gone."""

    def write(self, packets: Sequence[bytes]) -> None:
        """Hand text frames to the transport, in one piece."""
        ...

    def ready(self) -> bool:
        """Whether the transport has got rid of most of what it was given."""
        ...

    def when_ready(self, callback: Callable[[], None]) -> None:
        """Call back once when `ready`, or never if the socket ends before."""
        ...

    def soon(self, callback: Callable[[], None]) -> None:
        """Call back when what runs now is through."""
        ...

    def close(self) -> None:
        """Say goodbye and let what was written go out, but be gone within a second."""
        ...

    def abort(self) -> None:
        """Be gone now."""
        ...


class Connection:
    """A socket, its session, and a bounded queue of what is to be sent.

    Packets queued in one turn of the event loop leave together. Until `open` they only wait, so that nothing overtakes
    the welcome.
    """

    def __init__(self, sid: str, link: Link) -> None:
        self.id = sid
        self.since = time.monotonic()
        self.session: Session | None = None
        self.closed_for: str | None = None  # why it was closed, in a word, for logs and figures
        self.sent_packets = 0
        self.commands = 0  # run or refused
        self._link = link
        self._opened = False
        self._queue: list[bytes] = []
        self._queue_bytes = 0
        self._flush_due = False
        self._answering = False  # a command runs
        self._leaving: tuple[str, bool] | None = None  # reason and `final` of a close that waits for the answer
        self._when_closed: list[Callable[[Connection], None]] = []

    @property
    def closed(self) -> bool:
        """Whether nothing more will be sent."""
        return self.closed_for is not None

    @property
    def opened(self) -> bool:
        """Whether its client has been welcomed."""
        return self._opened

    @property
    def answering(self) -> bool:
        """Whether a command runs, so that nobody reads from the socket."""
        return self._answering

    def send(self, packet: str) -> None:
        """Queue one packet. Does nothing on a closed connection; closes one whose client does not keep up."""
        if self.closed_for is not None:
            return
        data = packet.encode()
        self._queue.append(data)
        self._queue_bytes += len(data)
        if len(self._queue) > QUEUE_PACKETS or self._queue_bytes > QUEUE_BYTES:
            self._overflow()
        elif self._opened and not self._flush_due:
            self._flush_due = True
            self._link.soon(self._flush)

    def tell(self, packet: str) -> None:
        """Write a packet of the protocol itself, past the queue: handshake, ping, refusal."""
        if self.closed_for is None:
            self._link.write([packet.encode()])

    def open(self, *packets: str) -> None:
        """Let packets out from now on: these first, then what has gathered."""
        self._opened = True
        first = [packet.encode() for packet in packets]
        self._queue[:0] = first
        self._queue_bytes += sum(map(len, first))
        self._flush()

    def close(self, reason: str, *, hard: bool = False, final: bool = True) -> None:
        """End the socket. Of several calls the first counts, but a later hard one makes it quick.

        `final` tells stock clients not to come back by themselves. `hard` drops what is queued and says nothing: for
        those who do not read, or who shall come back.
        """
        first = self.closed_for is None
        if first:
            self.closed_for = reason
            if not hard:
                self._say_goodbye(final)
            self._drop_queue()
        if hard:
            self._link.abort()
        if first:
            self._tell_watchers()

    def close_after_answer(self, reason: str, *, final: bool = True) -> None:
        """Close when the command that runs now has been answered; at once when none runs."""
        self._leaving = (reason, final)
        if not self._answering:
            self.close(reason, final=final)

    def when_closed(self, callback: "Callable[[Connection], None]") -> None:
        """Call back once, when this connection is closed from either side."""
        self._when_closed.append(callback)

    def begin_answer(self) -> None:
        """A command starts to run."""
        self._answering = True

    def end_answer(self) -> None:
        """Its answer is queued."""
        self._answering = False
        if self._leaving is not None:
            reason, final = self._leaving
            self.close(reason, final=final)

    def _overflow(self) -> None:
        # A burst made within one turn of the loop had no chance to leave: that is not the client's fault.
        if self._opened and self._link.ready():
            self._write_queue()
        else:
            self.close("slow", hard=True)

    def _flush(self) -> None:
        self._flush_due = False
        if self.closed_for is not None or not self._queue:
            return
        if self._link.ready():
            self._write_queue()
        else:
            self._flush_due = True
            self._link.when_ready(self._flush)

    def _write_queue(self) -> None:
        self._link.write(self._queue)
        self.sent_packets += len(self._queue)
        self._drop_queue()

    def _drop_queue(self) -> None:
        self._queue = []
        self._queue_bytes = 0

    def _say_goodbye(self, final: bool) -> None:
        if self._opened:
            self._link.write([*self._queue, wire.DISCONNECT.encode()] if final else self._queue)
        self._link.close()

    def _tell_watchers(self) -> None:
        watchers, self._when_closed = self._when_closed, []  # they may hold this connection, which is to go at once
        for callback in watchers:
            try:
                callback(self)
            except Exception as error:
                # Whoever closes is in the middle of something else and must not fail for a watcher's sake.
                log.error("watcher failed", error=type(error).__name__, connection=self.id)  # noqa: TRY400  (no bodies)
