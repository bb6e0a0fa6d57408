"""How many sockets there may be: pure counting, by address and by whether they have said who they are."""

from collections import Counter, OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caps:
    """The most sockets at a time; None is no cap.

    `sockets` and `per_address` count all, `strangers` and `strangers_per_address` those that have not yet sent CONNECT.
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
        self._all: dict[str, str] = {}  # socket id -> address
        self._by_address: Counter[str] = Counter()
        self._strangers: OrderedDict[str, str] = OrderedDict()  # oldest first
        self._strangers_at: dict[str, OrderedDict[str, None]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def arrive(self, socket: str, address: str) -> str | None:
        """Count a new socket; returns the id of the stranger who has to go for it."""
        self._all[socket] = address
        self._by_address[address] += 1
        self._strangers[socket] = address
        here = self._strangers_at.setdefault(address, OrderedDict())
        here[socket] = None
        if _over(len(here), self._caps.strangers_per_address):
            return next(iter(here))
        return next(iter(self._strangers)) if _over(len(self._strangers), self._caps.strangers) else None

    def speak(self, socket: str) -> None:
        """The socket has sent its CONNECT: it is no stranger any more."""
        address = self._strangers.pop(socket, None)
        if address is None:
            return
        here = self._strangers_at[address]
        del here[socket]
        if not here:
            del self._strangers_at[address]

    def leave(self, socket: str) -> None:
        """The socket is gone; a second call changes nothing."""
        self.speak(socket)
        address = self._all.pop(socket, None)
        if address is None:
            return
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def full(self) -> bool:
        """Whether the process has more sockets than it may."""
        return _over(len(self._all), self._caps.sockets)

    def full_at(self, address: str) -> bool:
        """Whether the address has more sockets than it may."""
        return _over(self._by_address[address], self._caps.per_address)


def _over(count: int, cap: int | None) -> bool:
    return cap is not None and count > cap
