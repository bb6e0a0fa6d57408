"""The hot loop of the load client: compiles `driver.c` once and calls it."""

import ctypes
import hashlib
import json
import shutil
import subprocess
import tempfile
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from chatserver.loadtest.dialogues import read_dialogues

SOURCE: Final = Path(__file__).with_name("driver.c")
TIMES_KEPT: Final = 4_000_000
"""Latencies kept of one run; a minute at 60,000 a second."""


class NoCompilerError(RuntimeError):
    """The benchmark's client is C; the message says how to get a compiler."""


@dataclass(frozen=True)
class Talker:
    """Who writes: the index of a socket, and the conversation it writes into."""

    socket: int
    conversation: str


@dataclass(frozen=True)
class Talk:
    """What one run measured. Latencies are sorted, in microseconds."""

    seconds: float
    acked: int
    refused: int
    delivered: int
    not_sent: int
    client_cpu_s: float
    ack_us: "array[int]"
    delivery_us: "array[int]"

    @property
    def rate(self) -> float:
        """Messages a second that were acknowledged."""
        return self.acked / self.seconds

    def delivery_ms(self, share: float) -> float:
        """Milliseconds from the send to the other side, at a share of the distribution."""
        return at_share(self.delivery_us, share) / 1_000


def at_share(ordered: "array[int]", share: float) -> float:
    """The value below which `share` of an ordered array lies; 0 for an empty one."""
    return float(ordered[min(len(ordered) - 1, int(len(ordered) * share))]) if ordered else 0.0


class _Talker(ctypes.Structure):
    _fields_ = (
        ("socket", ctypes.c_int32),
        ("window", ctypes.c_int32),
        ("head", ctypes.c_char_p),
    )


class _Result(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_uint64) for name in ("acked", "refused", "delivered", "late_sends")),
        *((name, ctypes.c_double) for name in ("seconds", "client_cpu_s")),
        *((name, ctypes.c_uint64) for name in ("ack_count", "delivery_count")),
    )


@cache
def _library() -> ctypes.CDLL:
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]
    built = Path(tempfile.gettempdir()) / f"chatserver-bench-{digest}.so"
    if not built.exists():
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler is None:
            raise NoCompilerError("The benchmark needs a C compiler (Debian: apt-get install gcc libc6-dev).")
        part = built.with_suffix(".part")
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", str(part), str(SOURCE)], check=True)
        part.rename(built)
    return ctypes.CDLL(str(built))


@cache
def sayings() -> list[bytes]:
    """What support says in the dialogues, Chinese and English, as JSON without the quotes: both sides may say that."""
    turns = [turn.text for dialogue in read_dialogues() for turn in dialogue.turns if turn.speaker != "user"]
    return [json.dumps(text, ensure_ascii=False)[1:-1].encode() for text in turns]


def talk(
    fds: Sequence[int], talkers: Sequence[Talker], *, window: int = 1, rate: float = 0, warm_s: float, seconds: float
) -> Talk:
    """Let the talkers write: each `window` at a time, or all together `rate` a second.

    Latencies at a rate are counted from when a message was due.
    """
    texts = sayings()
    heads = [f'["send_message",{{"conversation":"{one.conversation}","key":"b'.encode() for one in talkers]
    rows = (_Talker * len(talkers))(
        *(_Talker(one.socket, window, head) for one, head in zip(talkers, heads, strict=True))
    )
    acks, deliveries = (ctypes.c_uint32 * TIMES_KEPT)(), (ctypes.c_uint32 * TIMES_KEPT)()
    result = _Result()
    lost = _library().bench_talk(
        (ctypes.c_int * len(fds))(*fds), len(fds), rows, len(talkers),
        (ctypes.c_char_p * len(texts))(*texts), len(texts),
        ctypes.c_double(rate), ctypes.c_double(warm_s), ctypes.c_double(seconds),
        acks, deliveries, ctypes.c_uint64(TIMES_KEPT), ctypes.byref(result),
    )  # fmt: skip
    if lost:
        raise RuntimeError(f"the server closed {lost} sockets during the run")
    return Talk(
        seconds=result.seconds,
        acked=result.acked,
        refused=result.refused,
        delivered=result.delivered,
        not_sent=result.late_sends,
        client_cpu_s=result.client_cpu_s,
        ack_us=array("I", sorted(acks[: result.ack_count])),
        delivery_us=array("I", sorted(deliveries[: result.delivery_count])),
    )
