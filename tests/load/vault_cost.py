"""What sealing and chaining cost a message: `python -m tests.load.vault_cost [--messages N] [--rounds R]`.

The same appends, with rows as an earlier version stored them and as they are stored now, in turns in one process;
medians of the processor's time, which does not depend on the disk and little on what else the machine does.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from chatserver.conversation import appending, chain, sealing, store
from chatserver.conversation.events import By, MessagePosted, Recorded, encode_body
from chatserver.conversation.log import append
from chatserver.conversation.states import Change
from chatserver.core.sealing import vault_of
from tests.contract.log_house import LogHouse
from tests.unit.conversation.cast import NOW, USER
from tests.vaults import sealed_database

TEXT = "我的提现一直没有到账，订单号是 20260504-118，请帮我看一下 please, it has been two hours."
BATCH = 64


def plain_columns(_: Connection, number: int, _key: int, row: Recorded, before: bytes) -> dict[str, Any]:
    """A row as it was stored before there was a vault."""
    place = {"conversation": number, "thread": row.thread, "seq": row.seq, "at": row.at, "type": row.type}
    by = {"by_role": row.by.role, "by_id": row.by.id, "by_name": row.by.name}
    return {**place, **by, "key": row.key, "body": row.body, "content": None, "chain": before}


async def append_some(house: LogHouse, columns: Callable[..., dict[str, Any]], messages: int, round_: int) -> float:
    """Seconds of processor time for messages that share commits, as under load."""
    appending.sealed_columns = columns  # type: ignore[attr-defined]
    id_ = f"c_{columns.__name__}_{round_}"
    await house.begin(id_, user_id=id_)
    by = By("user", USER.subject, USER.name)

    def unit(conn: Connection, at: int) -> None:
        head = store.read_head(conn, id_, lock=True)
        assert head is not None
        append(conn, head, Change((MessagePosted(text=TEXT),)), by, NOW, key=f"k{at}")

    await asyncio.gather(*(house.database.write(lambda conn: unit(conn, -1), lane=id_) for _ in range(1)))
    began = time.process_time()
    for start in range(0, messages, BATCH):
        await asyncio.gather(
            *(house.database.write(lambda conn, at=at: unit(conn, at), lane=id_) for at in range(start, start + BATCH))  # type: ignore[misc]
        )
    return time.process_time() - began


def microseconds(work: Callable[[], Any], times: int = 20_000) -> float:
    """The least of five measurements, for one call."""
    best = float("inf")
    for _ in range(5):
        began = time.process_time()
        for _ in range(times):
            work()
        best = min(best, (time.process_time() - began) / times)
    return round(best * 1_000_000, 2)


def parts(conn: Connection) -> dict[str, float]:
    """What the steps cost by themselves, in microseconds."""
    vault = vault_of(conn)
    key = vault.key_for(conn, USER.subject)
    row = Recorded(
        "c_1",
        "public",
        7,
        NOW,
        "message_posted",
        By("user", "u_1", "林晓芸"),
        "k1",
        encode_body(MessagePosted(text=TEXT)),
    )
    columns = sealing.sealed_columns(conn, 1, key, row, chain.BEGINNING)
    stored = type("Row", (), columns)()
    return {
        "seal and chain a row": microseconds(lambda: sealing.sealed_columns(conn, 1, key, row, chain.BEGINNING)),
        "the same without": microseconds(lambda: plain_columns(conn, 1, key, row, b"")),
        "open a row": microseconds(lambda: sealing.recorded_of_row(conn, "c_1", stored)),
        "bytes more in a row": len(columns["body"]) + 64 - len(row.body),
        "digests of the words of a message": microseconds(lambda: vault.blind(TEXT), 2_000),
    }


async def measure(messages: int, rounds: int) -> dict[str, Any]:
    """Both kinds in turns."""
    taken: dict[str, list[float]] = {"plain": [], "sealed": []}
    sealed = sealing.sealed_columns
    with tempfile.TemporaryDirectory() as folder:
        async with sealed_database(f"sqlite:///{Path(folder) / 'cost.db'}", make_tables=True) as database:
            house = LogHouse(database)
            await house.begin("c_first")
            found = await database.write(parts)
            for round_ in range(rounds):
                for name, columns in (("plain", plain_columns), ("sealed", sealed)):
                    taken[name].append(await append_some(house, columns, messages, round_))
    appending.sealed_columns = sealed  # type: ignore[attr-defined]
    middle = {name: statistics.median(times) / messages * 1_000_000 for name, times in taken.items()}
    per_second = {name: round(1_000_000 / one) for name, one in middle.items()}
    return {
        "steps_us": found,
        "append_us": {name: round(one, 1) for name, one in middle.items()},
        "append_per_cpu_second": per_second,
        "ratio": round(middle["sealed"] / middle["plain"], 3),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=3_200)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    sys.stdout.write(json.dumps(asyncio.run(measure(asked.messages, asked.rounds)), indent=2) + "\n")


if __name__ == "__main__":
    main()
