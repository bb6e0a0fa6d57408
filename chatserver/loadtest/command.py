"""`chatserver loadtest`: options in, one line of JSON out, progress on standard error."""
# ruff: noqa: PLC0415  (heavy imports wait until the command runs)

import sys
from pathlib import Path
from typing import Annotated

import typer

from chatserver.loadtest.options import DEFAULT_LIMIT_S, DEFAULT_RATE, DEFAULT_SPEED, Asked


def loadtest(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    url: Annotated[str, typer.Option(help="Address of the server, such as http://127.0.0.1:8080.")],
    conversations: Annotated[int | None, typer.Option(min=1, help="Conversations to start.")] = None,
    rate: Annotated[float, typer.Option(min=0.001, help="Conversations started a second.")] = DEFAULT_RATE,
    duration: Annotated[float | None, typer.Option(min=0.001, help="Start them for this many seconds.")] = None,
    dialogues: Annotated[Path | None, typer.Option(help="JSON lines of dialogues; own ones if left out.")] = None,
    speed: Annotated[
        float, typer.Option(min=0.001, help="Divides all pauses; 1 is people's own pace.")
    ] = DEFAULT_SPEED,
    agents: Annotated[Path | None, typer.Option(help="JSON lines with email and password of agents.")] = None,
    agent_token: Annotated[list[str] | None, typer.Option(help="Access token of an agent; may be repeated.")] = None,
    limit: Annotated[float, typer.Option(min=1, help="End after so many seconds whatever happens.")] = DEFAULT_LIMIT_S,
    pairing: Annotated[int | None, typer.Option(min=1, help="Measure this many pairings instead.")] = None,
) -> None:
    """Replay dialogues between real sockets and check every message; prints figures as one line of JSON.

    Exit code 0: everything was kept; 1: something was not, or the run broke off; 2: it could not begin.
    """
    asked = Asked(
        url=url,
        conversations=conversations,
        rate=rate,
        duration_s=duration,
        dialogues=dialogues,
        speed=speed,
        agents=agents,
        agent_tokens=agent_token or [],
        limit_s=limit,
        pairing=pairing,
    )
    sys.exit(run_asked(asked))


def run_asked(asked: Asked) -> int:
    """Do it, print the figures, and return the exit code."""
    import msgspec
    import uvloop

    from chatserver.client import ChatError
    from chatserver.loadtest.cast import run
    from chatserver.loadtest.player import Failed
    from chatserver.settings import Settings

    try:
        report = uvloop.run(run(asked, Settings.from_environment(), _progress))
    except ValueError as error:  # dialogues, people or an address that cannot be used
        _progress(str(error))
        return 2
    except (ChatError, OSError, Failed) as error:
        _progress(f"The load test could not run against {asked.url}: {error}")
        return 2 if isinstance(error, FileNotFoundError) else 1
    sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    return 0 if getattr(report, "ok", True) else 1


def _progress(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
