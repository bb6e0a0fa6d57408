"""Fills the demo's desk with what `demo_desk.json` holds: the words of a wallet's support, by kind and id."""

from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from chatserver.conversation.events import By
from chatserver.desk.catalogue.kinds import KINDS
from chatserver.desk.catalogue.store import read_items, save_item

WORDS: Final = Path(__file__).with_suffix(".json")
AUTHOR: Final = By("agent", "a_demo", "Demo")


def seed(conn: Connection, now: int) -> None:
    """Fill every kind that is empty; what somebody has changed stays."""
    words: dict[str, dict[str, Any]] = msgspec.json.decode(WORDS.read_bytes())
    for name, items in words.items():
        kind = KINDS[name]
        if not read_items(conn, kind):
            for id_, item in items.items():
                save_item(conn, id_, msgspec.convert(item, kind), AUTHOR, now)
