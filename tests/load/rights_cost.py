"""What the rights of a user and the audit log cost: `python -m tests.load.rights_cost [--messages N] [--rows R]`.

One user with many messages is exported, checked and erased; and staff are noted, as with every command that they send.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from chatserver.app import SHARES
from chatserver.conversation import store
from chatserver.conversation.events import By, MessagePosted
from chatserver.conversation.log import append
from chatserver.conversation.states import Change
from chatserver.conversation.unindexing import forget_removed
from chatserver.conversation.verifying import verify_logs
from chatserver.core.audit import SYSTEM, Act, Actor
from chatserver.infra.sql import OpenDatabase
from chatserver.operations import SilentHub
from chatserver.trust.rights import Rights
from tests.contract.log_house import LogHouse
from tests.load.vault_cost import TEXT
from tests.unit.conversation.cast import NOW, USER
from tests.vaults import sealed_database

BATCH = 500
AGENT = Actor("agent:a_1", "agent", "s_1", "192.0.2.7")


async def seconds(work: Callable[[], Awaitable[Any]]) -> tuple[float, Any]:
    """How long something took, and what came of it."""
    began = time.perf_counter()
    result = await work()
    return round(time.perf_counter() - began, 2), result


async def all_faults(database: OpenDatabase) -> list[Any]:
    """What the check of every log finds."""
    return [fault async for fault in verify_logs(database)]


async def write_many(house: LogHouse, messages: int) -> None:
    """One conversation with all of them."""
    await house.begin("c_1")
    by = By("user", USER.subject, USER.name)

    def unit(conn: Connection) -> None:
        head = store.read_head(conn, "c_1", lock=True)
        assert head is not None
        append(conn, head, Change(tuple(MessagePosted(text=TEXT) for _ in range(BATCH))), by, NOW)

    for _ in range(0, messages, BATCH):
        await house.database.write(unit, lane="c_1")


async def audited(its: Rights, rows: int) -> dict[str, float]:
    """Processor time of noting what staff do, in microseconds a row: on the path of a command, and behind it."""
    trail = its.trail
    began = time.process_time()
    for number in range(rows):
        trail.later(AGENT, Act("send_message", f"conversation:c_{number}"))
    path = time.process_time() - began
    began = time.process_time()
    await trail.settle()
    behind = time.process_time() - began
    return {
        "on the path of a command": round(path / rows * 1e6, 2),
        "stored, chained and sealed": round(behind / rows * 1e6, 1),
    }


async def measure(messages: int, rows: int) -> dict[str, Any]:
    """All of it, in a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        async with sealed_database(f"sqlite:///{Path(folder) / 'rights.db'}", make_tables=True) as database:
            house = LogHouse(database)
            await write_many(house, messages)
            its = Rights(database, house.clock, b"k" * 32, SilentHub(), 0)
            noted = await audited(its, rows)

            async def after() -> None:
                await forget_removed(database)
                await database.scrub()

            its.keep_duties(house.log, SHARES, after, "", 365)
            export_s, document = await seconds(lambda: its.exporting.export(USER.subject))
            verify_s, faults = await seconds(lambda: all_faults(database))
            assert faults == []
            erase_s, erased = await seconds(lambda: its.erasing.erase(SYSTEM, USER.subject, lambda _: "asked"))
            assert erased.messages == messages
            found = json.loads(document)
            assert sum(one["type"] == "message_posted" for one in found["conversations"][0]["events"]) == messages
    return {
        "messages": messages,
        "seconds": {"export": export_s, "verify": verify_s, "erase": erase_s},
        "bytes of the export": len(document),
        "microseconds of the processor for a row of the audit log": noted,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=5_000)
    asked = parser.parse_args()
    sys.stdout.write(json.dumps(asyncio.run(measure(asked.messages, asked.rows)), indent=2) + "\n")


if __name__ == "__main__":
    main()
