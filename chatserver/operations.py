"""What operators do beside a running server: each function opens what it needs and closes it again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
import structlog
from redis.exceptions import RedisError
from sqlalchemy import Connection

from chatserver.app import SHARES, anchors_file, build, database_url, desk_of
from chatserver.conversation.attachments.links import Links
from chatserver.conversation.attachments.service import Attachments
from chatserver.conversation.exporting import export_lines
from chatserver.conversation.log import Log
from chatserver.conversation.store import read_head
from chatserver.conversation.unindexing import forget_removed
from chatserver.conversation.verifying import verify_logs
from chatserver.core.audit import Act, operator
from chatserver.core.ports import SystemClock
from chatserver.core.sealing import WrongKey
from chatserver.core.session import identity_of
from chatserver.desk.restored import nobody_is_here
from chatserver.desk.rooms import DeskRooms
from chatserver.infra import backup
from chatserver.infra.backup import Manifest
from chatserver.infra.embedded_redis import EmbeddedRedis, EmbeddedRedisError, url_if_running
from chatserver.infra.files.keeping import ATTACHMENTS, open_files
from chatserver.infra.files.pictures import LimitedPictures
from chatserver.infra.migrations import migrate
from chatserver.infra.outbox import store as outbox_store
from chatserver.infra.redis_link import redis_client
from chatserver.infra.sql import OpenDatabase, open_database
from chatserver.serving import until_stopped
from chatserver.settings import Settings
from chatserver.trust.agents import Agent, disable_agent, enable_agent, read_by_email
from chatserver.trust.audit.anchors import read_anchors
from chatserver.trust.audit.reading import deleted_conversations, lines_of
from chatserver.trust.audit.trail import Trail, audit_key
from chatserver.trust.audit.verifying import AuditCheck
from chatserver.trust.audit.verifying import Fault as AuditFault
from chatserver.trust.enrolment import Enrolment, newcomer_of, parse_newcomers
from chatserver.trust.evidence.offline import check_file
from chatserver.trust.evidence.pack import Packer
from chatserver.trust.evidence.rooting import rooted_threads
from chatserver.trust.identity import mint_user_token
from chatserver.trust.keyring import shared_key
from chatserver.trust.keys import derived_key, load_keys
from chatserver.trust.passwords import Passwords
from chatserver.trust.rights import Rights
from chatserver.trust.roots.signing import Signer, anchor_folder
from chatserver.trust.roots.verifying import root_faults
from chatserver.trust.shield.shield import SecretShield
from chatserver.trust.tokens import AccessTokens, end_all_families
from chatserver.trust.vault.opening import key_service, vault_for
from chatserver.trust.vault.rotation import rotate
from chatserver.trust.vault.store import count_keys, read_masters
from chatserver.trust.vault.vault import DataVault

ROWS_AT_ONCE: Final = 5_000
"""Rows of the audit log that are read at a time."""

OUTBOX_SHOWN: Final = 1_000
"""Parcels that are listed at most."""

log = structlog.get_logger(__name__)


class SilentHub:
    """A hub for commands that tell nobody anything."""

    def pass_on(self, identities: Any, event: str, body: Any, *, but: str | None = None) -> None:
        """Nobody is connected to this process."""


@asynccontextmanager
async def storage(settings: Settings) -> AsyncIterator[OpenDatabase]:
    """The database, with its tables when it is the embedded one."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    url = database_url(settings)
    if not settings.database_url:
        await asyncio.to_thread(migrate, url)
    vault = vault_for(settings, load_keys(settings))
    async with open_database(url, vault) as database:
        await vault.begin(database)
        yield database


@asynccontextmanager
async def desk_rooms(settings: Settings) -> AsyncIterator[DeskRooms]:
    """The desk on the storage and Redis that a server uses, or on ones of its own if none runs."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(storage(settings))
        url = settings.redis_url or url_if_running(settings.data_dir)
        if not url:
            url = (await stack.enter_async_context(EmbeddedRedis(settings.data_dir))).url
        redis = redis_client(url)
        stack.push_async_callback(redis.aclose)
        yield desk_of(Log(database, SystemClock()), redis, settings, SilentHub())


class NoServer(Exception):
    """There is no Redis that a server uses; the message says what to do."""


async def work(settings: Settings) -> None:
    """Do everything that a server does behind its sockets, until stopped."""
    url = settings.redis_url or url_if_running(settings.data_dir)
    if not url:
        raise NoServer("No server runs on this data folder. Start `chatserver serve` first, or set REDIS_URL.")
    async with build(msgspec.structs.replace(settings, redis_url=url)) as app:
        await until_stopped(app)


async def rebuild_index(settings: Settings) -> int:
    """Build the index in Redis anew; returns how many wait."""
    async with desk_rooms(settings) as rooms:
        return await rooms.rebuild.rebuild()


def kept_in(settings: Settings) -> Path | None:
    """The folder of attachments; None when they are in a bucket."""
    return None if settings.files_url else settings.data_dir / ATTACHMENTS


async def back_up(settings: Settings, folder: Path, keys: Path | None = None) -> Manifest:
    """Write a backup of the database into a new folder, and its wrapped keys into a file apart; Redis is not in it.

    The bytes of attachments are in it where they are kept in the data folder; a bucket keeps copies by itself.
    """
    kept = kept_in(settings)
    return await backup.back_up(database_url(settings), folder, keys, settings.key_backup_days, kept)


async def restore(settings: Settings, folder: Path, keys: Path | None = None) -> Manifest:
    """Fill an empty database from a backup, then build the index in Redis from it.

    Without Redis the next sweep builds the index: what stands in it is compared with SQL.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    manifest = await backup.restore(database_url(settings), folder, _settle, keys, kept_in(settings))
    try:
        await rebuild_index(settings)
    except (RedisError, OSError, EmbeddedRedisError, WrongKey) as error:
        log.warning("index_not_rebuilt", error=type(error).__name__)
    return manifest


def _settle(conn: Connection) -> None:
    """Nobody is here, and nobody is signed in."""
    now = SystemClock().now()
    nobody_is_here(conn, now)
    end_all_families(conn, now)


async def rotate_keys(settings: Settings, *, new_data_keys: bool) -> dict[str, Any]:
    """A new master key for all data keys; see `docs/encryption.md`."""
    keys = key_service(settings, load_keys(settings))
    async with storage(settings) as database:
        vault = DataVault(keys)
        await vault.begin(database)
        done = await rotate(vault, keys, database, new_data_keys=new_data_keys)
        await trail_of(database, settings).write(operator(), Act("keys_rotated", fields=msgspec.structs.asdict(done)))
    return msgspec.structs.asdict(done)


async def show_keys(settings: Settings) -> dict[str, Any]:
    """The numbers of the master keys, and counts of data keys."""
    async with storage(settings) as database:
        masters = await database.read(read_masters)
        return {"masters": [row.number for row in masters], "data_keys": await database.read(count_keys)}


async def export_all(settings: Settings, out: BinaryIO) -> None:
    """Write every conversation as a line of JSON."""
    async with storage(settings) as database:
        async for line in export_lines(database, rooted_threads):
            out.write(line + b"\n")


async def verify_all(settings: Settings, say: Callable[[dict[str, Any]], None]) -> int:
    """Check every log, that of who did what too, and say what was found; returns the exit code."""
    async with storage(settings) as database:
        faults = 0
        report = verify_logs(database)
        async for fault in report:
            faults += 1
            say(dict(fault))
        deleted = await database.read(deleted_conversations)
        async for fault in root_faults(database, anchor_folder(settings)):
            if fault["reason"] == "cut_off" and fault["conversation"] in deleted:
                continue
            faults += 1
            say(dict(fault))
        audit = AuditCheck(database, audit_key(load_keys(settings).secret_key), read_anchors(anchors_file(settings)))
        try:
            await audit.run()
        except AuditFault as bad:
            faults += 1
            say({"ok": False, "conversation": "", "thread": "audit", "seq": bad.number, "reason": bad.reason})
        if not faults:
            say({"ok": True, "conversations": report.conversations})
        return 1 if faults else 0


def verify_file(file: Path, keys: Sequence[str], say: Callable[[dict[str, Any]], None]) -> int:
    """Check an export or a pack with nothing but the file; returns the exit code."""
    checked = check_file(file.read_bytes(), keys)
    for fault in checked.faults:
        say({"ok": False, **msgspec.structs.asdict(fault)})
    if not checked.faults:
        say({"ok": True, "conversations": checked.conversations, "public_keys": checked.keys})
    return 1 if checked.faults else 0


async def make_evidence(settings: Settings, conversation: str, reason: str, transactions: list[Any]) -> bytes | None:
    """A signed pack of a conversation, None when there is none."""
    clock = SystemClock()
    async with storage(settings) as database:
        head = await database.read(partial(read_head, conversation=conversation))
        if head is None:
            return None
        signer = Signer(database, clock, anchor_folder(settings), settings.root_every_s)
        by = {"id": operator().id, "name": "", "role": "operator"}
        pack = await Packer(database, clock, signer).pack(head, by, reason, transactions)
        act = Act("evidence_packed", f"conversation:{conversation}", reason)
        await trail_of(database, settings).write(operator(), act)
        return pack


@asynccontextmanager
async def rights(settings: Settings) -> AsyncIterator[Rights]:
    """Audit, export, erasure, holds and retention, beside a server or without one."""
    async with storage(settings) as database:
        clock, keys = SystemClock(), load_keys(settings)
        kept = open_files(settings.files_url, settings.data_dir / ATTACHMENTS)
        links = Links(derived_key(keys.secret_key, "links"))
        log_ = Log(database, clock)
        files = Attachments(log_, kept, LimitedPictures(), SecretShield(), links)

        async def delete_bytes() -> None:
            await files.sweep()
            await forget_removed(database)
            await database.scrub()

        its = Rights(database, clock, audit_key(keys.secret_key), SilentHub(), settings.rate_factor)
        its.keep_duties(log_, SHARES, delete_bytes, settings.retention, settings.audit_days)
        yield its
        await its.trail.settle()


async def export_audit(settings: Settings, after: int, out: BinaryIO) -> None:
    """Write the rows of the audit log that follow a number as JSON lines; that it was done is a row of its own."""
    async with rights(settings) as its:
        await its.trail.write(operator(), Act("audit_exported", fields={"after": after}))
        while rows := await its.trail.database.read(partial(lines_of, after=after, limit=ROWS_AT_ONCE)):
            out.writelines(msgspec.json.encode(row) + b"\n" for row in rows)
            after = rows[-1]["number"]


async def export_user(settings: Settings, user: str, out: BinaryIO) -> None:
    """Write everything that is kept of a user as one JSON document."""
    async with rights(settings) as its:
        document = await its.exporting.export(user)
        await its.trail.write(operator(), Act("exported", f"user:{user}"))
        out.write(document + b"\n")


async def erase_user(settings: Settings, user: str, reason: str) -> dict[str, Any]:
    """Erase a user; raises `ChatError` `not_found`, and `conflict` where a legal hold stands."""
    async with rights(settings) as its:
        return msgspec.structs.asdict(await its.erasing.erase(operator(), user, lambda _: reason))


async def retain(settings: Settings, *, dry: bool) -> dict[str, int]:
    """Let go what is due by the rules of retention, or only count it."""
    async with rights(settings) as its:
        return await its.retention.run(dry=dry)


async def hold(settings: Settings, object_: str, reason: str) -> dict[str, Any]:
    """Let nothing of a user or conversation be deleted."""
    async with rights(settings) as its:
        return msgspec.structs.asdict(await its.holds.place(operator(), object_, reason))


async def lift(settings: Settings, hold_: str, reason: str) -> dict[str, Any]:
    """Let it be deleted again."""
    async with rights(settings) as its:
        return msgspec.structs.asdict(await its.holds.lift(operator(), hold_, reason))


def trail_of(database: OpenDatabase, settings: Settings) -> Trail:
    """The audit log, for what is done beside a server; a server chains what is noted here, or the next one does."""
    return Trail(database, SystemClock(), audit_key(load_keys(settings).secret_key))


async def enrol(settings: Settings, given: Sequence[dict[str, Any]]) -> list[Agent]:
    """Add accounts from values by field name."""
    newcomers = [newcomer_of(one) for one in given]
    async with storage(settings) as database:
        return await _enrolment(database, settings).enrol(newcomers, operator())


async def enrol_lines(settings: Settings, lines: Sequence[bytes]) -> list[Agent]:
    """Add accounts from JSON lines, all or none."""
    newcomers = parse_newcomers(lines)
    async with storage(settings) as database:
        return await _enrolment(database, settings).enrol(newcomers, operator())


def _enrolment(database: OpenDatabase, settings: Settings) -> Enrolment:
    return Enrolment(database, SystemClock(), Passwords(), trail_of(database, settings), settings.agent_capacity)


async def enable(settings: Settings, email: str) -> bool:
    """Let an account in again, by a new sign-in; False when there is none."""
    return await _switch(settings, email, enable_agent, "agent_enabled")


async def disable(settings: Settings, email: str) -> bool:
    """Disable an account; False when there is none."""
    return await _switch(settings, email, disable_agent, "agent_disabled")


async def _switch(settings: Settings, email: str, switch: Any, action: str) -> bool:
    now = SystemClock().now()
    async with storage(settings) as database:
        audit = trail_of(database, settings)

        def unit(conn: Connection) -> bool:
            agent: Agent | None = switch(conn, email, now)
            if agent is not None:
                audit.note(conn, operator(), Act(action, identity_of(agent.role, agent.id)))
            return agent is not None

        return await database.write(unit)


async def outbox_rows(settings: Settings) -> list[dict[str, Any]]:
    """What waits in the outbox or was put aside."""
    async with storage(settings) as database:
        rows = await database.read(lambda conn: outbox_store.read_rows(conn, OUTBOX_SHOWN))
        return [msgspec.to_builtins(row) for row in rows]


async def outbox_retry(settings: Settings, parcel: str) -> bool:
    """Carry again what was put aside; False when it was not."""
    now = SystemClock().now()
    async with storage(settings) as database:
        return await database.write(lambda conn: outbox_store.try_again(conn, parcel, now))


async def outbox_drop(settings: Settings, parcel: str) -> bool:
    """Delete what was put aside; False when it was not."""
    async with storage(settings) as database:
        return await database.write(lambda conn: outbox_store.drop(conn, parcel))


def user_token(settings: Settings, sub: str, name: str | None, ttl_s: int) -> str:
    """An identity token as the host app would sign it. Raises `ValueError` for a `sub` that cannot be."""
    key = shared_key(load_keys(settings).identity_secret)
    return mint_user_token(key, sub, name, now=SystemClock().now(), ttl_s=ttl_s)


async def agent_tokens(settings: Settings, emails: Sequence[str], ttl_s: int) -> tuple[list[str], list[str]]:
    """Access tokens of accounts, and the e-mails that have none."""
    minting = AccessTokens(load_keys(settings).secret_key, SystemClock(), ttl_s, settings.refresh_ttl_s)
    async with storage(settings) as database:
        agents = [await database.read(partial(read_by_email, email=email)) for email in emails]
    missing = [email for email, agent in zip(emails, agents, strict=True) if agent is None or agent.disabled]
    return [minting.mint(agent) for agent in agents if agent is not None], missing
