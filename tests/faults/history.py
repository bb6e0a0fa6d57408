"""What every client did and heard, one JSON line each, on one monotonic clock."""

import hashlib
import time
from pathlib import Path
from typing import Any, Self

import msgspec
from msgspec import Struct


class Record(Struct, frozen=True, omit_defaults=True):
    """One line: a command at its beginning (`invoke`) and end, or something heard (`heard`).

    `t` is monotonic nanoseconds. A command ends `ok`, is refused for good (`fail` with the `code`), or nobody knows
    (`info`: silence, `retry`, `storage`). `text` is a digest: bodies are nobody's business.
    """

    t: int
    client: str
    op: str
    phase: str
    key: str = ""
    conversation: str = ""
    seq: int = 0
    id: str = ""
    code: str = ""
    text: str = ""
    more: dict[str, Any] = {}


def digest(text: str) -> str:
    """What stands for a text in a history."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class History:
    """Records in memory, and in a file as they come: `with History(file) as history`."""

    def __init__(self, file: Path) -> None:
        self.records: list[Record] = []
        self._file = file

    def __enter__(self) -> Self:
        self._out = self._file.open("ab")
        return self

    def __exit__(self, *_: object) -> None:
        self._out.close()

    def add(self, client: str, op: str, phase: str, **fields: Any) -> None:
        """Record something that happens now."""
        record = Record(time.monotonic_ns(), client, op, phase, **fields)
        self.records.append(record)
        self._out.write(msgspec.json.encode(record) + b"\n")


def read_history(file: Path) -> list[Record]:
    """The records of a file."""
    decoder = msgspec.json.Decoder(Record)
    return [decoder.decode(line) for line in file.read_bytes().splitlines()]
