"""Erasure by the key: what was sealed for a user is gone from every row, copy and backup at once."""

from sqlalchemy import Connection, update

from chatserver.conversation.tables import conversations
from chatserver.core.sealing import vault_of
from chatserver.trust.vault.vault import DataVault


def destroy_user_key(conn: Connection, user: str) -> int:
    """Destroy the data keys of a user, in the caller's transaction; returns how many there were.

    Afterwards their messages read as erased, their name is empty, and the chains still verify. Other processes
    forget the keys within `LOOK_EVERY_S`. Backups hold the keys until their file of keys is deleted
    (`CHATSERVER_KEY_BACKUP_DAYS`). What is written of the user later gets a new key.
    """
    vault = vault_of(conn)
    if not isinstance(vault, DataVault):
        raise TypeError("This vault cannot destroy keys.")
    conn.execute(update(conversations).where(conversations.c.user_id == user).values(data_key=None))
    return vault.destroy(conn, user)
