"""The sign-ins of an account: listed for its owner and for those who look after it, and ended at once."""

from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, select, update

from chatserver.trust.staff_data import opened
from chatserver.trust.tables import refresh_families

DEVICE_KEPT: Final = 200
"""Characters kept of what a browser calls itself."""


class Origin(Struct, frozen=True):
    """Where somebody signs in from: the address, and what the program calls itself."""

    address: str = ""
    device: str = ""


class OpenSignIn(Struct, frozen=True):
    """One sign-in that has not ended; instants are milliseconds since 1970."""

    id: str
    started_at: int
    seen_at: int
    expires_at: int
    device: str
    address: str


def open_sign_ins(conn: Connection, agent: str, now: int) -> list[OpenSignIn]:
    """The sign-ins of an account that still count, newest first."""
    table = refresh_families.c
    live = table.agent_id == agent, table.ended_at.is_(None), table.expires_at > now
    rows = conn.execute(select(refresh_families).where(*live).order_by(table.started_at.desc()))
    return [
        OpenSignIn(
            row.id,
            row.started_at,
            row.seen_at or row.started_at,
            row.expires_at,
            opened(conn, "device", row.id, row.device),
            opened(conn, "address", row.id, row.address),
        )
        for row in rows.all()
    ]


def end_sign_in(conn: Connection, agent: str, family: str, now: int) -> bool:
    """End one sign-in of an account with all its tokens; False when it has no such open one."""
    table = refresh_families.c
    mine = table.id == family, table.agent_id == agent, table.ended_at.is_(None)
    return conn.execute(update(refresh_families).where(*mine).values(ended_at=now)).rowcount > 0


def end_other_sign_ins(conn: Connection, agent: str, kept: str | None, now: int) -> int:
    """End every sign-in of an account but one; returns how many."""
    table = refresh_families.c
    others = table.agent_id == agent, table.ended_at.is_(None), table.id != (kept or "")
    return conn.execute(update(refresh_families).where(*others).values(ended_at=now)).rowcount
