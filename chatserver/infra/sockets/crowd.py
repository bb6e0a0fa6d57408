"""How many sockets there may be: pure counting, by address and by whether they have said who they are."""

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caps:
    """The most sockets at a time; None is no cap.

    `sockets` and `per_address` count those that have sent CONNECT, `strangers` and `strangers_per_address` the others.
    """

    sockets: int | None = 50_000
    per_address: int | None = 200
    strangers: int | None = 2_000
    strangers_per_address: int | None = 100

    def times(self, factor: float) -> "Caps":
        """The caps of addresses and strangers times the factor, 0 for none; the size of the process stays."""

        def scaled(cap: int | None) -> int | None:
            return None if cap is None or factor == 0 else max(1, round(cap * factor))

        return Caps(self.sockets, scaled(self.per_address), scaled(self.strangers), scaled(self.strangers_per_address))


class Crowd:
    """Who is here. A stranger too many pushes out the one who has been silent longest: a flood of idle sockets then
    cannot keep out those who say at once who they are.
    """

    def __init__(self, caps: Caps) -> None:
        self._caps = caps
        self._members: dict[str, str] = {}  # socket id -> address
        self._members_at: Counter[str] = Counter()  # by address
        self._strangers: dict[str, str] = {}  # socket id -> address, the oldest first
        self._strangers_at: dict[str, dict[str, None]] = {}  # by address, the oldest first

    def __len__(self) -> int:
        return len(self._members) + len(self._strangers)

    def arrive(self, socket: str, address: str) -> str | None:
        """Count a new stranger; returns the id of the one who has to go for it."""
        self._strangers[socket] = address
        here = self._strangers_at.setdefault(address, {})
        here[socket] = None
        if _over(len(here), self._caps.strangers_per_address):
            return next(iter(here))
        return next(iter(self._strangers)) if _over(len(self._strangers), self._caps.strangers) else None

    def speak(self, socket: str) -> None:
        """The socket has sent its CONNECT: it is no stranger any more."""
        address = self._no_stranger(socket)
        if address is not None:
            self._members[socket] = address
            self._members_at[address] += 1

    def leave(self, socket: str) -> None:
        """The socket is gone; a second call changes nothing."""
        self._no_stranger(socket)
        address = self._members.pop(socket, None)
        if address is None:
            return
        self._members_at[address] -= 1
        if not self._members_at[address]:
            del self._members_at[address]

    def full(self) -> bool:
        """Whether the process has more sockets than it may."""
        return _over(len(self._members), self._caps.sockets)

    def full_at(self, address: str) -> bool:
        """Whether the address has more sockets than it may."""
        return _over(self._members_at[address], self._caps.per_address)

    def _no_stranger(self, socket: str) -> str | None:
        address = self._strangers.pop(socket, None)
        if address is not None:
            here = self._strangers_at[address]
            del here[socket]
            if not here:
                del self._strangers_at[address]
        return address


def _over(count: int, cap: int | None) -> bool:
    return cap is not None and count > cap
