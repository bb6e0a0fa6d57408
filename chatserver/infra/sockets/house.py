"""What all sockets of a process share: the door, who is here, the limits, and whether the house is closing."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from chatserver.core.deadlines import Deadlines
from chatserver.core.ports import Clock
from chatserver.core.session import Role
from chatserver.infra.sockets.connections import Connections
from chatserver.infra.sockets.crowd import Caps, Crowd
from chatserver.infra.sockets.door import Door
from chatserver.infra.sockets.identity_pace import IdentityPace
from chatserver.infra.sockets.pace import STAFF_RATE, USER_RATE, Rate

MAX_FRAME_BYTES: Final = 65_536
"""Frames of clients. A text of 4,000 code points, escaped as badly as JSON can, is 48,000 bytes."""


LET_IN_AT_ONCE: Final = 8
"""Sockets that are let in at the same time, the others after them: when thousands come back at once, whoever is in
already and writes waits for this many of them, not for all. Enough to keep the threads busy that read SQL.
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a socket may do and how long it may take; `rate_factor` multiplies rates and caps, 0 lifts them."""

    ping_interval_s: float = 15.0
    ping_timeout_s: float = 10.0  # with the interval: a dead link is found within 25 s
    speak_within_s: float = 10.0  # from handshake to CONNECT
    turn_within_s: float = 15.0  # from CONNECT until it is let in; stock clients give up after 20
    let_in_within_s: float = 5.0  # from then to the welcome
    rate_factor: float = 1.0
    caps: Caps = field(default_factory=Caps)

    def rate(self, role: Role) -> Rate | None:
        """How fast commands may come, or None for no limit."""
        if self.rate_factor == 0:
            return None
        return (USER_RATE if role is Role.USER else STAFF_RATE).times(self.rate_factor)


class House:
    """The shared state of all sockets of a process."""

    def __init__(self, door: Door, connections: Connections, clock: Clock, limits: Limits) -> None:
        self.door = door
        self.connections = connections
        self.clock = clock
        self.limits = limits
        self.entrance = asyncio.Semaphore(LET_IN_AT_ONCE)
        self.letting_in = Deadlines(limits.let_in_within_s)
        self.crowd = Crowd(limits.caps.times(limits.rate_factor))
        self.identities = IdentityPace()
        self.closing = False  # nobody is let in any more
        # For figures:
        self.closed_for: Counter[str] = Counter()  # ended sockets by reason
        self.turned_away: Counter[str] = Counter()  # refused CONNECTs by code
        self.commands = 0  # that came
        self.refused: Counter[str] = Counter()  # of these, by code
        self.defects = 0  # failures of ours, answered with a reference
