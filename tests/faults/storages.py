"""F: databases that are locked, full, slow, restarted, crashed, copied."""

import asyncio
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import asyncpg

from chatserver.client import ChatError
from chatserver.conversation.messages import SendMessage
from tests.faults.case import Case, Crowd, acks_ms
from tests.faults.catalogue import fault
from tests.faults.copies import program_of
from tests.faults.people import Customer
from tests.faults.raw import Raw, raw_user

REFUSED_S: Final = 5
"""What cannot be stored within this time is refused."""


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program holds the database for itself."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=10)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.close()


@fault("F12", "SQLite locked by another program", databases=("sqlite",), calm=True)
async def lock_sqlite(case: Case) -> None:
    """A short lock delays acks, a long one refuses them; the loop never stands still."""
    file = case.place.folder / "data" / "chatserver.db"
    async with case.load(4, 2) as crowd:
        first = len(case.place.history.records)
        seconds = case.times(2, 3)
        with locked(file):
            lag = await _worst_lag(case, seconds)
        await asyncio.sleep(1)
        took_s = acks_ms(case.place.history.records[first:], 1.0) / 1_000
        case.check(took_s <= seconds + 1, f"an ack took {took_s:.1f} s although the lock was short")
        user, key = crowd.customers[0], f"locked-{case.place.desk}"
        async with raw_user(case.place, user.name, case.place.urls) as raw:
            body = SendMessage(conversation=user.conversation, key=key, text="behind a lock")
            with locked(file):
                refused = asyncio.create_task(_refusal(raw, body))
                lag = max(lag, await _worst_lag(case, case.times(7, 12)))
            code, after_s = await refused
            case.check(code in ("retry", "storage"), f"a long lock was answered {code}")
            case.check(after_s <= REFUSED_S + 1, f"a long lock was answered after {after_s:.1f} s")
        async with raw_user(case.place, user.name, case.place.urls) as raw:  # the first one has answered no ping since
            again = [await raw.ask(body) for _ in range(2)]
            case.check(again[0]["seq"] == again[1]["seq"], "the same key was stored twice")
        case.check(lag < 0.5, f"the loop stood still for {lag:.2f} s")


async def _refusal(raw: Raw, body: SendMessage) -> tuple[str, float]:
    """With what a command is refused, and after how many seconds."""
    began = time.monotonic()
    try:
        await raw.ask(body)
    except ChatError as refusal:
        return refusal.code, time.monotonic() - began
    return "ok", time.monotonic() - began


async def _worst_lag(case: Case, seconds: float) -> float:
    """The slowest `/healthz`, which needs no database, over so many seconds."""
    until, worst = time.monotonic() + seconds, 0.0
    while time.monotonic() < until:
        began = time.monotonic()
        async with case.place.http.get(f"{case.place.urls[0]}/healthz") as answer:
            await answer.read()
        worst = max(worst, time.monotonic() - began)
        await asyncio.sleep(0.1)
    return worst


@fault("F13", "disk full", databases=("sqlite",), processes=1, small_disk=True)
async def fill_disk(case: Case) -> None:
    """The disk fills while everybody talks: no false ack, readiness tells, and all is well with more space."""
    data, server = case.place.folder / "data", case.place.servers[0]
    async with case.load(4, 2) as crowd:
        ballast = data / "ballast"
        await asyncio.to_thread(_fill, ballast)

        async def says_so() -> bool:
            return await server.ready() == 503

        async def is_well() -> bool:
            return await server.ready() == 200

        await case.within(5, says_so, "/readyz says that storage is away")
        await _refused_at_once(case, crowd.customers[0])
        ballast.unlink()
        await case.within(10, is_well, "/readyz is well again")
    connection = sqlite3.connect(data / "chatserver.db")
    case.check(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",), "the file is damaged")
    connection.close()


async def _refused_at_once(case: Case, user: Customer) -> None:
    """Nothing is acknowledged on a full disk, and whoever asks hears so within a second."""
    async with raw_user(case.place, user.name, case.place.urls) as raw:
        for number in range(5):
            began = time.monotonic()
            try:
                await raw.ask(SendMessage(conversation=user.conversation, key=f"full-{number}", text="x" * 3_000))
                case.check(False, "a message was acknowledged on a full disk")
            except ChatError as refusal:
                case.check(refusal.code == "storage", f"a full disk was answered {refusal.code}")
            case.check(time.monotonic() - began <= 1, "a refusal took more than a second")


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(b"\0" * 4096)
        except OSError:
            return


@fault("F16", "PostgreSQL restarted and crashed", databases=("postgresql",))
async def restart_postgres(case: Case) -> None:
    """Clean restarts, crashes and thrown-out sessions; the pools recover by themselves."""
    house = case.place.postgres
    assert house is not None
    async with case.load(6, 3) as crowd:
        for number in range(case.times(2, 10)):
            await asyncio.sleep(1)
            await asyncio.to_thread(house.restart, (signal.SIGINT, signal.SIGQUIT)[number % 2])
            await case.finished(crowd.customers[0].say(crowd.customers[0].conversation, "again"), 5, "an ack")
        await _execute(case, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        await case.finished(crowd.customers[0].say(crowd.customers[0].conversation, "and again"), 5, "an ack")
    codes = {one.code for one in case.records() if one.op == "send_message" and one.phase in ("info", "fail")}
    case.check(codes <= {"retry", "storage", "LinkLost"}, f"a restart was answered {codes}")


async def _execute(case: Case, statement: str) -> None:
    connection = await asyncpg.connect(case.place.database_url.replace("+asyncpg", ""))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@fault("F17", "PostgreSQL slow: the events locked", databases=("postgresql",))
async def lock_postgres(case: Case) -> None:
    """Writes wait behind a lock and are refused in time; reads go on; nothing starves afterwards."""
    async with case.load(6, 3) as crowd:
        connection = await asyncpg.connect(case.place.database_url.replace("+asyncpg", ""))
        await connection.execute("BEGIN; LOCK TABLE events IN EXCLUSIVE MODE")
        began = time.monotonic()
        await case.finished(_list(case, crowd.customers[0].name), 2, "a read")
        await asyncio.sleep(8 - (time.monotonic() - began))
        await connection.close()
        await case.finished(crowd.customers[0].say(crowd.customers[0].conversation, "after"), 5, "an ack")
        await _exhaust(case, case.times(2, 8))
        await case.finished(crowd.customers[0].say(crowd.customers[0].conversation, "and after"), 5, "an ack")


async def _exhaust(case: Case, seconds: float) -> None:
    """Take every connection that the server gives, for a while, after ours were thrown out."""
    taken: list[asyncpg.Connection] = []
    await _execute(case, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            taken.append(await asyncpg.connect(case.place.database_url.replace("+asyncpg", "")))
        except (asyncpg.PostgresError, OSError):
            await asyncio.sleep(0.1)
    await asyncio.gather(*(one.close() for one in taken))


async def _list(case: Case, user: str) -> None:
    headers = {"Authorization": f"Bearer {case.place.user_token(user)}"}
    async with case.place.http.get(f"{case.place.urls[0]}/api/v1/conversations", headers=headers) as answer:
        case.check(answer.status == 200, f"a read was answered {answer.status}")


WAL_BYTES: Final = 256 * 2**20
"""SQLite's log may grow to this much behind a reader who never ends, or the reader is ended."""


@fault("F14", "readers who never end", databases=("sqlite",), calm=True)
async def hold_a_reader(case: Case) -> None:
    """SQLite's log stays bounded though nobody takes what an export writes, and is used again after another reader."""
    file = case.place.folder / "data" / "chatserver.db"
    log = file.with_name(f"{file.name}-wal")
    async with case.load(case.times(4, 18), case.times(2, 6)) as crowd:
        # In full, 100 messages a second.
        first = len(case.place.history.records)
        await _flood(crowd, 2)  # more than a pipe takes
        async with program_of(case, "export") as export:
            await asyncio.sleep(case.times(4, 600))
            case.check(export.returncode is None, "the export has ended: nobody was reading")
            held = log.stat().st_size
            case.check(held <= WAL_BYTES, f"the log grew to {held / 2**20:.0f} MB beside an export")
        reader = sqlite3.connect(file, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        await _flood(crowd, 4)
        held = log.stat().st_size
        reader.close()
        slow_ms = acks_ms(case.place.history.records[first:], 0.99)
        case.check(slow_ms <= 500, f"acks took {slow_ms:.0f} ms meanwhile")
        await asyncio.sleep(2)
        await _flood(crowd, case.times(4, 60))
        after = log.stat().st_size
        text = f"the log went from {held / 2**20:.1f} to {after / 2**20:.1f} MB although nobody reads any more"
        case.check(after <= 1.2 * held, text)


async def _flood(crowd: Crowd, seconds: float) -> None:
    """Everybody writes long messages, one after the other."""
    until = time.monotonic() + seconds

    async def write(one: Customer) -> None:
        while time.monotonic() < until:
            await one.say(one.conversation, "long " * 600)

    await asyncio.gather(*map(write, crowd.customers))


@fault("F15", "what is acknowledged is on the disk", databases=("sqlite",), quick=False)
async def count_syncs(case: Case) -> None:
    """Between two acknowledgements of one who waits for each, the server has made the disk write at least once."""
    if shutil.which("strace") is None:
        case.check(False, "strace is needed to see it: apt-get install strace")
        return
    server, sends = case.place.servers[0], case.times(20, 200)
    async with case.people(0, 0) as crowd:
        user = await crowd.customer([server.url])
        await user.start()
        seen = case.place.folder / "syncs.txt"
        watching = await asyncio.create_subprocess_exec(
            *("strace", "-f", "-q", "-e", "trace=fdatasync,fsync", "-o", str(seen), "-p", str(server.pid))
        )
        await asyncio.sleep(1)
        for number in range(sends):
            await user.say(user.conversation, f"synchronised {number}")
        watching.send_signal(signal.SIGINT)
        await watching.wait()
        syncs = sum("= 0" in line for line in seen.read_text().splitlines())
        case.check(syncs >= sends, f"{sends} acknowledged messages were {syncs} synchronised writes")
