"""F: a new version beside the old one, and a copy of the data taken while everybody talks."""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from alembic.script import ScriptDirectory
from sqlalchemy import make_url

from chatserver.client.rest import Rest
from chatserver.conversation.verifying import verify_logs
from chatserver.infra.migrations import configuration
from tests import services
from tests.faults.case import Case, Crowd
from tests.faults.catalogue import fault
from tests.faults.crashes import acks_stay_quick
from tests.faults.oracle import Complaint
from tests.faults.processes import CHECKOUT, START_S, Server

NEXT_REVISION: Final = '''"""What a next version would add."""

import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = {before!r}


def upgrade() -> None:
    """A column, an index over all events, and a table."""
    op.add_column("conversations", sa.Column("mood", sa.Text))
    op.create_index("ix_events_at", "events", ["at"])
    op.create_table("moods", sa.Column("id", sa.Text, primary_key=True))
'''

TABLE_LOCK_S: Final = 2.0
"""No migration holds a table for longer."""


@asynccontextmanager
async def program_of(
    case: Case, *words: str, checkout: Path = CHECKOUT, settings: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`chatserver WORDS` on the installation, its output in a pipe; killed in the end if it still runs."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chatserver", *words),
        env={**os.environ, **case.place.settings, **(settings or {}), "PYTHONPATH": str(checkout)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield program
    finally:
        if program.returncode is None:
            program.kill()
            await program.communicate()


async def run_program(
    case: Case, *words: str, checkout: Path = CHECKOUT, settings: Mapping[str, str] | None = None
) -> None:
    """Run `chatserver WORDS` on the installation; complain with its last lines when it fails."""
    async with program_of(case, *words, checkout=checkout, settings=settings) as program:
        output, _ = await program.communicate()
    text = output.decode(errors="replace")
    case.check(program.returncode == 0, f"chatserver {words[0]} ended with {program.returncode}: {text[-300:]}")


@fault("F18", "a new version with a migration, under load", own=True)
async def migrate_under_load(case: Case) -> None:
    """The new version's tables are made while the old one serves; then the old ones end, one after the other."""
    place = case.place
    newer = await asyncio.to_thread(_newer_version, place.folder)
    async with case.load(case.times(6, 20), case.times(3, 8)) as crowd:
        await asyncio.sleep(1)
        migrating = asyncio.create_task(run_program(case, "migrate", checkout=newer))
        await acks_stay_quick(case, crowd, 3, most_s=TABLE_LOCK_S)
        await case.finished(migrating, START_S, "the migration ends")
        await asyncio.sleep(1)  # the old version on the new tables
        for number, old in enumerate(place.servers):
            code = await old.drained()
            case.check(code == 0, f"{old.name} ended with {code}")
            place.servers[number] = Server(old.name, place.settings, old.log, port=old.port, checkout=newer)
            await place.servers[number].start()


def _newer_version(folder: Path) -> Path:
    """A checkout with one more revision."""
    newer = folder / "newer"
    shutil.copytree(CHECKOUT / "chatserver", newer / "chatserver", ignore=shutil.ignore_patterns("__pycache__"))
    before = ScriptDirectory.from_config(configuration()).get_current_head()
    revisions = newer / "chatserver" / "infra" / "migrations" / "versions"
    (revisions / "rev_next.py").write_text(NEXT_REVISION.format(before=before))
    return newer


@fault("F19", "backup and restore under load")
async def copy_under_load(case: Case) -> None:
    """A backup taken while everybody talks holds all that was acknowledged before, and a server can live on it."""
    place = case.place
    for turn in range(case.times(1, 5)):
        copy = place.folder / f"backup-{turn}"
        async with case.load(case.times(8, 20), case.times(4, 8)) as crowd:
            await asyncio.sleep(case.times(2, 10))
            before = time.monotonic_ns()
            await run_program(case, "backup", str(copy))
            await asyncio.sleep(1)
        async with _restored(case, copy) as server:
            await _holds_what_was_acked(case, crowd, server, before)


@asynccontextmanager
async def _restored(case: Case, copy: Path) -> AsyncIterator[Server]:
    """A server on a new database that was filled from the copy."""
    place = case.place
    async with AsyncExitStack() as stack:
        data = copy.with_name(f"{copy.name}-restored")
        settings = {"CHATSERVER_DATA_DIR": str(data), "CHATSERVER_DESK": f"{place.desk}-restored", "REDIS_URL": ""}
        settings["DATABASE_URL"] = url = f"sqlite:///{data / 'chatserver.db'}"
        if place.postgres is not None:
            empty = make_url(await stack.enter_async_context(services.fresh_database(place.postgres.url)))
            settings["DATABASE_URL"] = url = empty.render_as_string(hide_password=False)
        began = time.monotonic()
        await run_program(case, "restore", str(copy), settings=settings)
        server = Server("restored", {**place.settings, **settings}, place.folder / "restored.log")
        stack.push_async_callback(server.kill)
        await server.start()
        case.recovery_s = max(case.recovery_s, time.monotonic() - began)
        async with case.place.opened(url) as database:
            case.complaints += [Complaint("verify", "broken", str(one)) async for one in verify_logs(database)]
        yield server


async def _holds_what_was_acked(case: Case, crowd: Crowd, server: Server, before: int) -> None:
    acked = [one for one in case.records() if one.op == "send_message" and one.phase == "ok" and one.t < before]
    case.check(bool(acked), "nothing was acknowledged before the backup")
    for user in crowd.customers:
        rest = Rest(case.place.http, server.url, f"Bearer {case.place.user_token(user.name)}")
        log = await rest.transcript(user.conversation)
        there = {event["id"] for event in log}
        case.check([event["seq"] for event in log] == list(range(1, len(log) + 1)), "the copy has a hole")
        for one in acked:
            if one.conversation == user.conversation and one.id not in there:
                case.complaints.append(Complaint("F19", "lost", f"{one.client}'s {one.key} is not in the backup"))
