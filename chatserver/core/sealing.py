"""How rooms reach the vault: through the connection, which knows the vault of its database."""

from base64 import b64decode, b64encode
from typing import Final

from sqlalchemy import Connection

from chatserver.core.ports import Vault

STAFF: Final = ":staff"
"""Owner of what is sealed of those who work here; their keys go with no user."""

MARK: Final = "\x01"
"""Begins a sealed text in a column of text; no text of a person does."""


class Erased(Exception):
    """The key was destroyed, and with it what it had sealed."""


class Unreadable(Exception):
    """It was not sealed here, or not for this place, or has been changed since."""


class WrongKey(Exception):
    """What is stored was encrypted under another key than the one given; the message says what to do."""


def vault_of(conn: Connection) -> Vault:
    """The vault with which the database of this connection was opened."""
    vault: Vault | None = conn.get_execution_options().get("vault")
    if vault is None:
        raise RuntimeError("This database was opened without a vault.")
    return vault


REMEMBERED: Final = 2_000
"""Names of staff in memory, as they are sealed in some conversation: as many as are talked in at a time."""

_opened: dict[str, str] = {}


def seal_staff(conn: Connection, bound: str, text: str) -> str:
    """The name of somebody who works here, or the like, for a column of text."""
    return seal_text(conn, STAFF, bound, text)


def open_staff(conn: Connection, bound: str, stored: str) -> str:
    """The text again. What was opened once stays in memory: no other text is ever sealed as the same bytes."""
    if not stored.startswith(MARK):
        return stored
    text = _opened.get(stored)
    if text is None:
        text = open_text(conn, bound, stored)
        while len(_opened) >= REMEMBERED:
            _opened.pop(next(iter(_opened)), None)
        _opened[stored] = text
    return text


def seal_text(conn: Connection, owner: str, bound: str, text: str) -> str:
    """A text for a column of text; an empty one stays empty."""
    if not text:
        return text
    return MARK + b64encode(vault_of(conn).seal(conn, owner, bound, text.encode())).decode()


def open_text(conn: Connection, bound: str, stored: str) -> str:
    """The text of a column; one that was stored before there was a vault is what it is, an erased one empty."""
    if not stored.startswith(MARK):
        return stored
    try:
        return vault_of(conn).open(conn, bound, b64decode(stored[len(MARK) :])).decode()
    except Erased:
        return ""
