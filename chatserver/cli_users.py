"""What an operator does about one user, and about what is old. Heavy imports wait until a command needs them."""

import sys
from typing import Annotated, Any

import typer

from chatserver.core.errors import ChatError
from chatserver.program import fail, read_settings, run_loop, say

users = typer.Typer(no_args_is_help=True, help="What is kept of a user: export, erasure, legal hold.")

Why = Annotated[str, typer.Option(help="Stands in the audit log.")]


@users.command("export")
def user_export(user: str) -> None:
    """Write everything that is kept of a user as one JSON document to standard output."""
    from chatserver.operations import export_user

    _asked(lambda: run_loop(export_user(read_settings(), user, sys.stdout.buffer)))


@users.command("erase")
def user_erase(user: str, reason: Why) -> None:
    """Erase a user: texts, name, contact, files, and the key that opens them in backups."""
    from chatserver.operations import erase_user

    say(_asked(lambda: run_loop(erase_user(read_settings(), user, reason))))


@users.command("hold")
def user_hold(object_: Annotated[str, typer.Argument(metavar="user:ID|conversation:ID")], reason: Why) -> None:
    """Place a legal hold: nothing of it is deleted, whoever asks."""
    from chatserver.operations import hold

    say(_asked(lambda: run_loop(hold(read_settings(), object_, reason))))


@users.command("lift")
def user_lift(hold: str, reason: Why) -> None:
    """Lift a legal hold."""
    from chatserver.operations import lift

    say(_asked(lambda: run_loop(lift(read_settings(), hold, reason))))


def retention(dry_run: Annotated[bool, typer.Option(help="Only count what would go.")] = False) -> None:
    """Let closed conversations go that are due by CHATSERVER_RETENTION; a server does so by itself every hour."""
    from chatserver.operations import retain

    say(_asked(lambda: run_loop(retain(read_settings(), dry=dry_run))))


def _asked(do: Any) -> Any:
    try:
        return do()
    except ChatError as refusal:
        return fail(f"Nothing was done: {refusal.__cause__ or refusal.message}")
