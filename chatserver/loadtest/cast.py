"""Who takes part in a run: finds credentials for everybody, and plays it."""

import os
from collections.abc import Callable

import aiohttp

from chatserver.loadtest.dialogues import read_dialogues
from chatserver.loadtest.local import demo_agents, keys_are_here, own_agents, signed_users
from chatserver.loadtest.options import Asked, AuthSource, Options
from chatserver.loadtest.pairing import PairingReport, measure_pairing
from chatserver.loadtest.people import PeopleError, SignedIn, anonymous, read_logins, with_token
from chatserver.loadtest.runner import replay, shared_http
from chatserver.loadtest.tally import Report
from chatserver.settings import Settings, variable_of

NO_AGENTS = (
    "There are no agents for the load test. Give --agents FILE (JSON lines with email and password; the file of "
    "`chatserver agent import` fits) or --agent-token TOKEN, or set CHATSERVER_DATA_DIR to the server's data folder."
)


async def run(asked: Asked, settings: Settings, progress: Callable[[str], None]) -> Report | PairingReport:
    """Do what was asked.

    Raises `DialogueError`, `PeopleError` for what cannot be used, `ChatError`, `ConnectionError` when nobody can
    connect, `Failed` when pairings could not be measured.
    """
    dialogues = read_dialogues(asked.dialogues)
    async with shared_http() as http:
        options = await cast(asked, settings, progress, http)
        if asked.pairing is not None:
            return await measure_pairing(options, asked.pairing, http)
        return await replay(options, dialogues, http)


async def cast(
    asked: Asked, settings: Settings, progress: Callable[[str], None], http: aiohttp.ClientSession
) -> Options:
    """Credentials for agents and users: those given, else this machine's own, else the demo's. Raises `PeopleError`."""
    here = keys_are_here(settings)
    agents = given_agents(asked, http)
    if not agents and here:
        agents = await own_agents(settings)
    if not agents:
        agents = await demo_agents(asked.url, http)
    if not agents:
        raise PeopleError(NO_AGENTS)
    factor = settings.rate_factor if variable_of("rate_factor") in os.environ else None
    return Options(
        asked=asked,
        agents=agents,
        user_auth=signed_users(settings) if here else anonymous,
        users="token" if here else "anonymous",
        rate_factor=factor,
        progress=progress,
    )


def given_agents(asked: Asked, http: aiohttp.ClientSession) -> list[AuthSource]:
    """The agents that the operator names. Raises `PeopleError`, `OSError`."""
    logins = read_logins(asked.agents) if asked.agents is not None else []
    signed_in = [SignedIn(asked.url, login, http) for login in logins]
    return [*signed_in, *(with_token(token) for token in asked.agent_tokens)]
