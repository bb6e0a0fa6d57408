"""The command line. Heavy imports wait until a command needs them."""

import gc
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from chatserver.cli_audit import audit
from chatserver.cli_users import retention, users
from chatserver.core.errors import ChatError
from chatserver.core.sealing import WrongKey
from chatserver.loadtest.command import loadtest
from chatserver.program import fail, read_settings, run_loop, say
from chatserver.settings import Settings, SettingsError, described, unknown_variables

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Support chat for wallet apps."
)
agents = typer.Typer(no_args_is_help=True, help="Accounts of agents.")
tokens = typer.Typer(no_args_is_help=True, help="Tokens for tests and load scripts.")
keys_app = typer.Typer(no_args_is_help=True, help="Keys that encrypt what is stored.")
parcels = typer.Typer(no_args_is_help=True, help="Work for the outside that waits or was put aside.")
app.add_typer(agents, name="agent")
app.add_typer(parcels, name="outbox")
app.add_typer(tokens, name="token")
app.add_typer(keys_app, name="keys")
app.add_typer(users, name="user")
app.add_typer(audit, name="audit")
app.command()(loadtest)
app.command()(retention)

Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(help="TCP port; 0 picks a free one.")]
Ttl = Annotated[int, typer.Option(help="Life in seconds.", min=1, max=3_600)]


def main() -> None:
    """The program `chatserver`."""
    try:
        app()
    except (SettingsError, WrongKey) as error:
        fail(str(error), 2)
    except ChatError as refusal:
        fail(f"Nothing was done, the storage refuses: {refusal.__cause__ or refusal.message}")
    except OSError as error:
        fail(f"Nothing was done: {error}")


def _serve(settings: Settings, **options: Any) -> None:
    gc.disable()  # a fifth of the loading would be walks through modules, of which none ends
    import structlog

    from chatserver.infra.bus import DeafError
    from chatserver.infra.embedded_redis import DataFolderBusy, EmbeddedRedisError
    from chatserver.infra.sql.promises import UnsafeDatabase
    from chatserver.serving import serve

    gc.enable()
    for name in unknown_variables(os.environ):
        structlog.get_logger(__name__).warning("unknown_setting", name=name)
    try:
        run_loop(serve(settings, **options))
    except (DataFolderBusy, EmbeddedRedisError) as error:
        fail(str(error), 2)
    except UnsafeDatabase as error:
        fail(f"The server cannot start: {error}", 1)
    except DeafError as error:
        fail(f"The server has ended, to be started again: {error}", 1)
    except OSError as error:
        fail(f"The server cannot start: {error}", 1)


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """Serve; SIGTERM drains within 25 s and exits 0."""
    _serve(read_settings(host=host, port=port))


@app.command()
def demo(host: Host = None, port: Port = None) -> None:
    """Serve with demo agents, a wallet page and demo users, on loopback only."""
    from chatserver import demo as demo_room

    settings = read_settings(host=host, port=port)
    demo_room.check_loopback(settings)
    settings = demo_room.with_a_company(settings)
    _serve(settings, demo=True, announce=demo_room.announce)


@app.command()
def migrate() -> None:
    """Bring the database to the tables of this version."""
    from chatserver.app import database_url
    from chatserver.infra.migrations import migrate as migrate_database

    settings = read_settings()
    migrate_database(database_url(settings))


@app.command()
def worker() -> None:
    """Do the background work without serving: sweep, pairing, index, outbox."""
    from chatserver.infra.bus import DeafError
    from chatserver.operations import NoServer, work

    try:
        run_loop(work(read_settings()))
    except NoServer as error:
        fail(str(error), 2)
    except DeafError as error:
        fail(f"The worker has ended, to be started again: {error}", 1)


@app.command("rebuild-queue")
def rebuild_queue() -> None:
    """Build the index in Redis anew from SQL; prints how many wait."""
    from chatserver.operations import rebuild_index

    say({"waiting": run_loop(rebuild_index(read_settings()))})


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet, or empty.")],
    keys: Annotated[Path | None, typer.Option(help="Folder for the keys; chatserver-keys beside the backup.")] = None,
) -> None:
    """Write the database, as it is at this instant, into a folder of its own, and its keys into a file apart."""
    from chatserver.operations import back_up

    manifest = _copied(lambda: back_up(read_settings(), folder, keys))
    say({"folder": str(folder), "bytes": manifest.bytes, **_counts(manifest)})


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that `chatserver backup` has written.")],
    keys: Annotated[Path | None, typer.Option(help="Keys: a file, or a folder of which the newest is taken.")] = None,
) -> None:
    """Fill an empty database from a backup; one with something in it is left as it is."""
    from chatserver.operations import restore as restore_database

    say(_counts(_copied(lambda: restore_database(read_settings(), folder, keys))))


def _copied(copy: Any) -> Any:
    from sqlalchemy.exc import SQLAlchemyError

    from chatserver.infra.backup import BackupRefused
    from chatserver.infra.sql.urls import DatabaseUrlError

    try:
        return run_loop(copy())
    except (BackupRefused, DatabaseUrlError) as error:
        return fail(str(error))
    except OSError as error:
        return fail(f"Nothing was done: {error}")
    except SQLAlchemyError as error:
        return fail(f"Nothing was done, the database refuses: {getattr(error, 'orig', None) or error}")


def _counts(manifest: Any) -> dict[str, int]:
    tables = manifest.contents.tables
    return {name: tables[name].count for name in ("conversations", "events")} | {"taken_at": manifest.taken_at}


@app.command()
def export() -> None:
    """Write every conversation with its events as JSON lines to standard output."""
    from chatserver.operations import export_all

    run_loop(export_all(read_settings(), sys.stdout.buffer))


@app.command()
def verify(
    export: Annotated[
        Path | None, typer.Option(help="Check this export or evidence pack, with nothing but the file.")
    ] = None,
    public_key: Annotated[
        list[str] | None, typer.Option(help="Believe only this key (hexadecimal) in the file; may be repeated.")
    ] = None,
) -> None:
    """Check every log; exit 0 and a summary, else 1 and a JSON line per fault."""
    from chatserver.operations import verify_all, verify_file

    if export is None:
        sys.exit(run_loop(verify_all(read_settings(), say)))
    try:
        sys.exit(verify_file(export, public_key or [], say))
    except ValueError as error:
        fail(str(error))


@app.command()
def evidence(
    conversation: Annotated[str, typer.Argument(help="Id of a conversation.")],
    reason: Annotated[str, typer.Option(help="Why it is wanted; it stands in the pack and in the audit log.")],
    transactions: Annotated[
        Path | None, typer.Option(help="Transaction data of the case: a JSON list, put in as it is.")
    ] = None,
) -> None:
    """Write a signed evidence pack of one conversation to standard output."""
    from chatserver.operations import make_evidence

    given = json.loads(transactions.read_bytes()) if transactions is not None else []
    pack = run_loop(make_evidence(read_settings(), conversation, reason, given))
    if pack is None:
        fail(f"There is no conversation {conversation}.")
    sys.stdout.buffer.write(pack)


@app.command()
def shield(
    file: Annotated[Path, typer.Argument(help='JSON lines, each with a text: {"text": …}.', exists=True)],
    official: Annotated[
        Path | None, typer.Option(help="JSON with the company's domains, brand and emails; else the settings.")
    ] = None,
) -> None:
    """Print what both shields find in each message of a file: secrets, links, impostors, what agents may not say."""
    from chatserver.trust.shields import judged

    for line in judged(file, official, read_settings()):
        sys.stdout.write(line + "\n")


@app.command()
def settings() -> None:
    """Print every setting with its default and meaning."""
    for variable, default, meaning in described():
        sys.stdout.write(f"{variable}={default}\n    {meaning}\n")


@agents.command("add")
def agent_add(
    email: str,
    name: Annotated[str, typer.Option(help="Name that users see.")],
    tier: Annotated[int, typer.Option(min=1, max=2, help="Support tier.")] = 1,
    role: Annotated[str, typer.Option(help="agent, supervisor, admin or auditor.")] = "agent",
    capacity: Annotated[int | None, typer.Option(help="Conversations at a time.")] = None,
    skill: Annotated[list[str] | None, typer.Option(help="May be repeated; zh and en are languages.")] = None,
) -> None:
    """Add an account; the password comes from standard input."""
    from chatserver.operations import enrol

    password = sys.stdin.readline().rstrip("\r\n")
    given: dict[str, Any] = {"email": email, "name": name, "tier": tier, "role": role}
    given |= {"skills": skill or [], "password": password}
    if capacity is not None:
        given["capacity"] = capacity
    _enrolled(lambda: run_loop(enrol(read_settings(), [given])))


@agents.command("import")
def agent_import(
    file: Annotated[Path | None, typer.Argument(help="JSON lines; standard input if left out.")] = None,
) -> None:
    """Add many accounts, all or none: `{email, name, tier, role?, capacity?, skills?, password}` a line."""
    from chatserver.operations import enrol_lines

    lines = (file.read_bytes() if file else sys.stdin.buffer.read()).splitlines()
    _enrolled(lambda: run_loop(enrol_lines(read_settings(), lines)))


def _enrolled(enrol: Any) -> None:
    from chatserver.trust.agents import EmailTaken
    from chatserver.trust.enrolment import EnrolmentRefused

    try:
        for agent in enrol():
            say({"id": agent.id, "email": agent.email})
    except (EmailTaken, EnrolmentRefused) as error:
        fail(str(error))


@agents.command("disable")
def agent_disable(email: str) -> None:
    """Shut an account out: its sockets are closed and its tokens void within 5 s."""
    from chatserver.operations import disable

    if not run_loop(disable(read_settings(), email)):
        fail(f"There is no account with the e-mail {email}.")


@agents.command("enable")
def agent_enable(email: str) -> None:
    """Let an account in again that was disabled or suspended; the owner signs in anew."""
    from chatserver.operations import enable

    if not run_loop(enable(read_settings(), email)):
        fail(f"There is no account with the e-mail {email}.")


@parcels.command("list")
def outbox_list() -> None:
    """Print what waits or was put aside, the oldest first, a JSON line each; nothing of what is in it."""
    from chatserver.operations import outbox_rows

    for row in run_loop(outbox_rows(read_settings())):
        say(row)


@parcels.command("retry")
def outbox_retry(parcel: str) -> None:
    """Carry again what was put aside, as if it were new."""
    from chatserver.operations import outbox_retry as retry_parcel

    if not run_loop(retry_parcel(read_settings(), parcel)):
        fail(f"Nothing with the id {parcel} was put aside.")


@parcels.command("drop")
def outbox_drop(parcel: str) -> None:
    """Delete what was put aside: it will never be carried."""
    from chatserver.operations import outbox_drop as drop_parcel

    if not run_loop(drop_parcel(read_settings(), parcel)):
        fail(f"Nothing with the id {parcel} was put aside.")


@keys_app.command("rotate")
def keys_rotate(
    data_keys: Annotated[bool, typer.Option("--data-keys", help="New data keys too, for what is new.")] = False,
) -> None:
    """Put a new master key in place of the present one while servers run; prints what was done."""
    from chatserver.operations import rotate_keys

    say(run_loop(rotate_keys(read_settings(), new_data_keys=data_keys)))


@keys_app.command("show")
def keys_show() -> None:
    """Print the numbers of the master keys and how many data keys are kept, retired and destroyed."""
    from chatserver.operations import show_keys

    say(run_loop(show_keys(read_settings())))


@tokens.command("user")
def token_user(
    sub: str, name: Annotated[str | None, typer.Option(help="Name that agents see.")] = None, ttl: Ttl = 300
) -> None:
    """Print an identity token for a wallet user."""
    from chatserver.operations import user_token

    try:
        sys.stdout.write(user_token(read_settings(), sub, name, ttl) + "\n")
    except ValueError as error:
        fail(str(error))


@tokens.command("agent")
def token_agent(email: list[str], ttl: Ttl = 300) -> None:
    """Print an access token for each account, one a line."""
    from chatserver.operations import agent_tokens

    found, missing = run_loop(agent_tokens(read_settings(), email, ttl))
    if missing:
        fail(f"There is no account with the e-mail {missing[0]}.")
    sys.stdout.write("".join(f"{token}\n" for token in found))
