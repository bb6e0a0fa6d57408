"""A run: agents come, conversations start at their rate, figures are collected."""

import asyncio
import contextlib
import resource
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence

import aiohttp

from chatserver.loadtest.crew import Board, Crew, crew_of
from chatserver.loadtest.dialogues import Dialogue
from chatserver.loadtest.options import Options
from chatserver.loadtest.player import Player, Stage
from chatserver.loadtest.tally import Environment, Report, Tally

PROGRESS_EVERY_S = 2.0


async def replay(options: Options, dialogues: Sequence[Dialogue], http: aiohttp.ClientSession) -> Report:
    """Replay dialogues as the options say. Raises `ChatError`, `ConnectionError` when the agents cannot come."""
    board, tally = Board(), Tally()
    async with crew_of(options, board, http) as crew:
        stage = Stage(options, board, crew, tally, http)
        began = time.perf_counter()
        watching = asyncio.create_task(_show(options, tally, options.asked.count(len(dialogues)), began))
        try:
            starting_s = await _play_all(stage, dialogues, began)
        finally:
            watching.cancel()
        duration_s = time.perf_counter() - began
        tally.reconnects += sum(member.client.connects - 1 for member in crew.members)
        return tally.report(starting_s, duration_s, environment_of(options, crew, board, len(dialogues)))


async def _play_all(stage: Stage, dialogues: Sequence[Dialogue], began: float) -> float:
    """Start conversations one after another and wait for all; returns how long starting went on, in seconds."""
    asked = stage.options.asked
    run = secrets.token_hex(4)
    players: set[asyncio.Task[None]] = set()
    starting_s = 0.0
    try:
        async with asyncio.timeout(asked.limit_s):
            for number in range(asked.count(len(dialogues))):
                await asyncio.sleep(max(0.0, began + number / asked.rate - time.perf_counter()))
                player = Player(stage, dialogues[number % len(dialogues)], f"load-{run}-{number}")
                players.add(asyncio.create_task(player.play()))
            # Each one stands for the time until the next would have started.
            starting_s = time.perf_counter() - began + 1 / asked.rate
            await asyncio.wait(players)  # leaves them alone when the time is over, so that they can be counted
    except TimeoutError:
        unfinished = [player for player in players if not player.done()]
        stage.tally.errors[f"not finished within {asked.limit_s:.0f} s"] += len(unfinished)
    finally:
        for playing in players:
            playing.cancel()
        await asyncio.gather(*players, return_exceptions=True)
    return starting_s or asked.limit_s


async def _show(options: Options, tally: Tally, total: int, began: float) -> None:
    """Say every now and then how far it is."""
    while True:
        await asyncio.sleep(PROGRESS_EVERY_S)
        options.progress(
            f"{time.perf_counter() - began:5.0f} s  started {tally.started} of {total}, finished {tally.completed}, "
            f"messages {tally.messages}, errors {tally.errors.total()}"
        )


def environment_of(options: Options, crew: Crew, board: Board, dialogues: int) -> Environment:
    """The conditions of a run."""
    tiers = Counter(str(board.tiers.get(member.id, "unknown")) for member in crew.members)
    return Environment(
        url=options.asked.url,
        agents=dict(sorted(tiers.items())),
        capacity=crew.capacity,
        rate_factor=options.rate_factor,
        users=options.users,
        dialogues=dialogues,
        speed=options.asked.speed,
    )


@contextlib.asynccontextmanager
async def shared_http() -> AsyncIterator[aiohttp.ClientSession]:
    """One session for all sockets: no cap on connections, no cookies, nothing kept per user."""
    allow_many_sockets()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
        yield http


def allow_many_sockets() -> None:
    """Every user is a socket, and the usual soft limit is 1,024 of them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hard if hard != resource.RLIM_INFINITY else 1_048_576
    if soft < wanted:
        with contextlib.suppress(ValueError, OSError):  # then the run finds out how far it gets
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
