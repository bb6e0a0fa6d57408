"""How long a user waits for an agent who is free: asked for, to both knowing of each other."""

import time
from collections.abc import Callable
from functools import partial
from typing import Final

import aiohttp
import msgspec
from msgspec import Struct

from chatserver.client import Client
from chatserver.conversation.messages import CloseConversation, StartConversation
from chatserver.loadtest.case import USER, Case
from chatserver.loadtest.crew import Board, Crew, crew_of
from chatserver.loadtest.options import Options
from chatserver.loadtest.player import DELIVERY_S, Failed, patiently
from chatserver.loadtest.runner import environment_of
from chatserver.loadtest.tally import Environment, Latency, latency

WARM_UP: Final = 5
"""Rounds that are not counted: the first ones load code and open connections to the database."""


class PairingReport(Struct, frozen=True, kw_only=True):
    """Milliseconds from `start_conversation {want_agent}` on.

    `acked`: to its acknowledgement; `user`, `agent`, `both`: to `agent_assigned` seen by them.
    """

    rounds: int
    both: Latency
    user: Latency
    agent: Latency
    acked: Latency
    environment: Environment


class _Round(Struct):
    both: float
    user: float
    agent: float
    acked: float


async def measure_pairing(options: Options, rounds: int, http: aiohttp.ClientSession) -> PairingReport:
    """Pair a new user with a free agent, one round after another. Raises `Failed`, `ChatError`, `ConnectionError`."""
    board = Board()
    async with crew_of(options, board, http) as crew:
        measured = []
        for number in range(-WARM_UP, rounds):
            auth = options.user_auth(f"pair-{time.time_ns()}", "Pairing", "en")
            client = Client.connect(options.asked.url, auth=auth, on_event=partial(board.saw, USER), http=http)
            async with client as user:
                took = await _pair(user, crew, board)
            if number >= 0:
                measured.append(took)
    by_name = {name: latency([getattr(one, name) for one in measured]) for name in msgspec.structs.asdict(measured[0])}
    return PairingReport(rounds=rounds, environment=environment_of(options, crew, board, 0), **by_name)


async def _pair(user: Client, crew: Crew, board: Board) -> _Round:
    asked_at = time.perf_counter()
    started = await patiently(lambda: user.command(StartConversation(key=user.new_key(), want_agent=True)))
    acked = time.perf_counter() - asked_at
    case = board.case(started.conversation.id)
    await _until(case, lambda: case.owner is not None and case.has_seen(USER, case.assigned_seq))
    assert case.owner is not None
    agent, seq = case.owner.id, case.assigned_seq
    colleague = crew.get(agent)
    if colleague is None:
        raise Failed("An agent who is not of this run got the conversation.")
    await _until(case, lambda: case.has_seen(agent, seq))
    by_user, by_agent = (case.seen_at[side][seq] - asked_at for side in (USER, agent))
    await patiently(lambda: colleague.client.command(CloseConversation(conversation=case.id)))
    await _until(case, lambda: case.closed_seq > 0 and case.has_seen(agent, case.closed_seq))
    colleague.client.forget(case.id)
    board.forget(case.id)
    return _Round(max(by_user, by_agent), by_user, by_agent, acked)


async def _until(case: Case, fact: Callable[[], bool]) -> None:
    if not await case.until(fact, DELIVERY_S):
        raise Failed("A free agent was not assigned, or somebody was not told. Are the agents free?")
