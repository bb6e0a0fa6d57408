"""Work for the outside: a row written with what caused it, carried afterwards, at least once."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from msgspec import Struct
from sqlalchemy import Connection


class Parcel(Struct, frozen=True):
    """One piece of work for the outside.

    `id` is the same however often it is carried: receivers drop duplicates by it. `owner` is the identity that
    caused it, `about` what it is about (a conversation's id, or empty), `attempts` counts from 1.
    """

    id: str
    kind: str
    owner: str
    about: str
    payload: bytes
    attempts: int
    created_at: int


class Undeliverable(Exception):
    """The receiver says that this will never do; `reason` is a word of ours, without what anybody wrote."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotNow(Exception):
    """The receiver cannot take it at the moment; `reason` is a word of ours."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


Carrier = Callable[[Parcel], Awaitable[None]]
"""Brings parcels of one kind to their receiver.

Returns when the receiver has it. Raises `NotNow` (or `OSError`, `TimeoutError`, `ChatError`) to be called again later,
`Undeliverable` when that is of no use; anything else is a defect, of which a parcel gets three.
"""


class Outbox(Protocol):
    """Where rooms leave work for the outside."""

    def put(self, conn: Connection, parcel: "Draft") -> str:
        """Add a parcel in the caller's transaction and return its id; the same again while it waits is the same one."""
        ...

    def sent_since(self, conn: Connection, kind: str, since: int, *, owner: str = "", target: str = "") -> int:
        """How many parcels of a kind were put since an instant, by an owner or for a target; for limits."""
        ...

    def kick(self) -> None:
        """Carry what was put now, rather than within seconds; to be called after the commit."""
        ...


class Draft(Struct, frozen=True, kw_only=True):
    """A parcel to be put.

    `target` (an e-mail address, a URL) is kept as a digest only, to know a repeat. `person` is the user whom it is
    about: the payload is sealed under their key, and lost with it.
    """

    kind: str
    owner: str
    payload: bytes
    target: str
    about: str = ""
    person: str = ":outbox"
