"""What is kept of staff as it stands in its columns: sealed, and found by a keyed digest."""

from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection, or_, select, update

from chatserver.core.background import attempt
from chatserver.core.ports import Database
from chatserver.core.sealing import MARK, open_staff, seal_staff, vault_of
from chatserver.trust.tables import agents, refresh_families

DIGEST: Final = "\x02"
"""Begins the digest of an e-mail address; no address does."""

PARTS: Final = 3
"""Digests of words are short, since many words may share one; three of them together are those of one address."""

AT_ONCE: Final = 100
"""Rows of an earlier version that are sealed in one transaction."""

log = structlog.get_logger(__name__)


def email_key(conn: Connection, email: str) -> str:
    """By what an address, in its normal form, is found."""
    return DIGEST + "".join(vault_of(conn).blind(f"e-mail of staff {part} {email}" for part in range(PARTS)))


def sealed(conn: Connection, what: str, id_: str, text: str) -> str:
    """A text of a column, sealed for its row; `what` names the column."""
    return seal_staff(conn, f"{what}|{id_}", text)


def opened(conn: Connection, what: str, id_: str, stored: str | None) -> str:
    """The text again; what an earlier version stored is what it is."""
    return open_staff(conn, f"{what}|{id_}", stored) if stored else ""


async def seal_accounts(database: Database) -> None:
    """Seal what an earlier version has stored of staff, and end; safe to run on several processes."""
    done = 0

    async def work() -> None:
        nonlocal done
        for unit in (_seal_agents, _seal_devices):
            while count := await database.write(partial(unit)):
                done += count

    while not await attempt("sealing what was stored of staff before", work):
        pass
    if done:
        log.info("sealed_accounts_stored_before", rows=done)


def _seal_agents(conn: Connection) -> int:
    plain = agents.c.email_sealed.is_(None)
    rows = conn.execute(select(agents).where(plain).limit(AT_ONCE).with_for_update()).all()
    for row in rows:
        columns = {
            "email": email_key(conn, row.email),
            "email_sealed": sealed(conn, "email", row.id, row.email),
            "name": sealed(conn, "name", row.id, row.name),
        }
        conn.execute(update(agents).where(agents.c.id == row.id).values(**columns))
    return len(rows)


def _seal_devices(conn: Connection) -> int:
    table = refresh_families.c
    plain = or_(*(column.is_not(None) & (column != "") & column.not_like(f"{MARK}%") for column in _WHENCE))
    rows = conn.execute(select(refresh_families).where(plain).limit(AT_ONCE).with_for_update()).all()
    for row in rows:
        whence = {name: opened(conn, name, row.id, getattr(row, name)) for name in ("device", "address")}
        kept = {name: sealed(conn, name, row.id, text) for name, text in whence.items()}
        conn.execute(update(refresh_families).where(table.id == row.id).values(**kept))
    return len(rows)


_WHENCE: Final = (refresh_families.c.device, refresh_families.c.address)
