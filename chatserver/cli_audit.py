"""What an operator takes away of the audit log. Heavy imports wait until a command needs them."""

import sys
from typing import Annotated

import typer

from chatserver.program import read_settings, run_loop

audit = typer.Typer(no_args_is_help=True, help="The log of who looked, acted and was refused.")


@audit.callback()
def group() -> None:
    """The log of who looked, acted and was refused."""


@audit.command("export")
def audit_export(
    after: Annotated[int, typer.Option(min=0, help="The last row of the file before.")] = 0,
) -> None:
    """Write every row as a JSON line to standard output, with what its chain is computed from, the oldest first."""
    from chatserver.operations import export_audit

    run_loop(export_audit(read_settings(), after, sys.stdout.buffer))
