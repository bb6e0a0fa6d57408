"""A link to nowhere, to look at what a connection hands over."""

from collections.abc import Callable, Sequence


class SlackRope:
    """A link whose other end reads, or not, as the test says."""

    def __init__(self) -> None:
        self.written: list[list[bytes]] = []
        self.is_ready = True
        self.closed = 0
        self.aborted = False
        self.later: list[Callable[[], None]] = []
        self.waiting: list[Callable[[], None]] = []

    def write(self, packets: Sequence[bytes]) -> None:
        self.written.append(list(packets))

    def ready(self) -> bool:
        return self.is_ready

    def when_ready(self, callback: Callable[[], None]) -> None:
        self.waiting.append(callback)

    def soon(self, callback: Callable[[], None]) -> None:
        self.later.append(callback)

    def close(self) -> None:
        self.closed += 1

    def abort(self) -> None:
        self.aborted = True

    def turn(self) -> None:
        """One turn of the loop."""
        due, self.later = self.later, []
        for callback in due:
            callback()

    def read_all(self) -> None:
        """The client has caught up."""
        self.is_ready = True
        due, self.waiting = self.waiting, []
        for callback in due:
            callback()
