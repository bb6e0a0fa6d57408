"""How fast all sockets of one identity may talk together: pure, `now` in seconds of a clock that never goes back.

In this process the limit holds at once. What was spent is reported to whoever adds up all processes, and what that says
holds from then on.
"""

from dataclasses import dataclass, field
from typing import Final

from chatserver.infra.sockets.pace import Bucket, Rate

SOCKETS_WORTH: Final = 2
"""An identity may do as much as two busy sockets, however many it has: nobody types on five devices at a time."""

QUIET_SHARE: Final = 5
"""Who spends no more than this part of the rate cannot exceed it over all five sockets, and is not reported."""


@dataclass(frozen=True, slots=True)
class Spending:
    """What an identity has done in this process since the last report."""

    identity: str
    rate: Rate
    commands: int


@dataclass(slots=True)
class _Account:
    rate: Rate
    bucket: Bucket
    used_at: float
    commands: int = 0
    closed_until: float = field(default=0.0)


class IdentityPace:
    """The accounts of all identities that were busy of late."""

    def __init__(self) -> None:
        self._accounts: dict[str, _Account] = {}

    def __len__(self) -> int:
        return len(self._accounts)

    def command(self, identity: str, socket_rate: Rate | None, now: float) -> int:
        """0 when one more command may run, else the milliseconds until it may; without a rate everything may."""
        if socket_rate is None:
            return 0
        account = self._accounts.get(identity)
        if account is None:
            rate = socket_rate.times(SOCKETS_WORTH)
            account = self._accounts[identity] = _Account(rate, Bucket(rate, now), now)
        account.used_at = now
        wait_s = account.closed_until - now
        if wait_s <= 0:
            wait_s = account.bucket.take(now)
        if wait_s <= 0:
            account.commands += 1
            return 0
        return max(1, round(wait_s * 1000))

    def report(self, elapsed_s: float, now: float) -> list[Spending]:
        """What those have spent who may matter elsewhere, counted anew from now; forgets who has been quiet."""
        spent = []
        for identity, account in list(self._accounts.items()):
            if account.commands > account.rate.per_s * elapsed_s / QUIET_SHARE:
                spent.append(Spending(identity, account.rate, account.commands))
            account.commands = 0
            # By then its bucket is full again, so that a new account is the same.
            if now >= max(account.closed_until, account.used_at + account.rate.burst / account.rate.per_s):
                del self._accounts[identity]
        return spent

    def close(self, identity: str, wait_s: float, now: float) -> None:
        """Over all processes too much was spent: let nothing through for so long."""
        account = self._accounts.get(identity)
        if account is not None:
            account.closed_until = max(account.closed_until, now + wait_s)
