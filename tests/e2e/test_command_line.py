"""The command line as operators use it: beside a running server, in processes of their own."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.people import Person, Refused

READY_S = 90.0
"""A server that has not printed its address by then will not."""

DRAIN_S = 25.0
"""From SIGTERM to the end, whatever clients do."""


@dataclass
class Said:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one line of JSON on standard output."""
        return json.loads(self.out)


class Installation:
    """A data folder with its commands."""

    def __init__(self, folder: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CHATSERVER_", "REDIS_"))}
        self.environment = {**kept, "CHATSERVER_DATA_DIR": str(folder), "CHATSERVER_RATE_FACTOR": "0", "PORT": "0"}

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        """A command that runs on."""
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-m", "chatserver", *arguments)
        return await asyncio.create_subprocess_exec(
            *command, env=self.environment, stdin=pipe, stdout=pipe, stderr=pipe
        )

    async def run(self, *arguments: str, stdin: str = "") -> Said:
        """A command to its end."""
        process = await self.start(*arguments)
        out, err = await process.communicate(stdin.encode())
        return Said(process.returncode or 0, out.decode(), err.decode())

    async def add(self, email: str, *options: str) -> dict[str, Any]:
        """An account."""
        said = await self.run("agent", "add", email, "--name", "Amy", *options, stdin="a long password\n")
        assert said.code == 0, said
        return dict(said.json)

    @asynccontextmanager
    async def served(self) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
        """`chatserver serve` and its address."""
        process = await self.start("serve")
        assert process.stdout is not None
        try:
            async with asyncio.timeout(READY_S):
                line = (await process.stdout.readline()).decode()
            yield process, line.split()[-1]
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.communicate()


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "data")


async def test_accounts_and_tokens_are_made_beside_a_running_server_and_taken_back(installation: Installation) -> None:
    async with installation.served() as (_, address):
        added = await installation.add("amy@x.io", "--tier", "2", "--skill", "kyc", "--capacity", "4")
        assert added.keys() == {"id", "email"}
        again = await installation.run("agent", "add", "AMY@x.io", "--name", "B", stdin="other password\n")
        assert (again.code, again.out) == (1, "")
        line = {"email": "bob@x.io", "name": "Bob", "tier": 1, "password": "a long password"}
        imported = await installation.run("agent", "import", stdin=json.dumps(line) + "\n")
        assert imported.json["email"] == "bob@x.io"
        tokens = (await installation.run("token", "agent", "amy@x.io", "bob@x.io")).out.split()
        assert len(tokens) == 2
        user_token = (await installation.run("token", "user", "lin", "--name", "Lin")).out.strip()
        amy, lin = Person("amy", f"Bearer {tokens[0]}"), Person("lin")
        async with (
            amy.connected(address, {"as": "agent", "token": tokens[0]}),
            lin.connected(address, {"as": "user", "token": user_token}),
        ):
            assert (amy.welcome["session"]["name"], lin.welcome["session"]["name"]) == ("Amy", "Lin")
            disabled = time.monotonic()
            assert (await installation.run("agent", "disable", "amy@x.io")).code == 0
            async with asyncio.timeout(5):
                await amy.gone()
            assert time.monotonic() - disabled < 5 + 5  # the command itself takes a while to start
            assert lin.here
            async with aiohttp.ClientSession() as http:
                headers = {"Authorization": amy.token}
                assert (await http.get(f"{address}/api/v1/me", headers=headers)).status == 401
        with pytest.raises(Refused) as refused:
            async with Person("amy").connected(address, {"as": "agent", "token": tokens[0]}):
                pass
        assert refused.value.code == "unauthenticated"


async def test_logs_are_verified_exported_and_the_index_rebuilt_beside_a_running_server(
    installation: Installation,
) -> None:
    async with installation.served() as (_, address):
        token = (await installation.run("token", "user", "lin")).out.strip()
        lin = Person("lin")
        async with lin.connected(address, {"as": "user", "token": token}):
            started = await lin.call("start_conversation", key="k", text="救命", want_agent=True)
            assert (await installation.run("verify")).json == {"ok": True, "conversations": 1}
            assert (await installation.run("rebuild-queue")).json == {"waiting": 1}
            exported = (await installation.run("export")).json
            assert exported["conversation"] == started["conversation"]["id"] or exported["conversation"]["id"]
            position = await lin.call("request_agent", conversation=started["conversation"]["id"])
            assert position == {"status": "waiting", "position": 1}


async def test_a_second_server_on_a_data_folder_ends_with_a_clear_line(installation: Installation) -> None:
    async with installation.served():
        second = await installation.run("serve")
        assert (second.code, second.out) == (2, "")
        assert "runs on the data folder" in second.err
        assert "Traceback" not in second.err


async def test_sigterm_drains_clients_that_stay_and_exits_0(installation: Installation) -> None:
    installation.environment["CHATSERVER_FIRST_REPLY"] = "1"
    async with installation.served() as (process, address):
        visitor = Person("visitor")
        async with visitor.connected(address, {"as": "user"}):
            process.send_signal(signal.SIGTERM)
            await visitor.wait_for("reconnect_soon")
            async with asyncio.timeout(DRAIN_S):
                assert await process.wait() == 0
        assert process.stderr is not None
        lines = [json.loads(line) for line in (await process.stderr.read()).splitlines()]
        assert [one["name"] for one in lines if one["event"] == "unknown_setting"] == ["CHATSERVER_FIRST_REPLY"]


async def test_settings_tell_their_meaning_and_wrong_ones_are_named(installation: Installation) -> None:
    told = await installation.run("settings")
    assert "CHATSERVER_FIRST_REPLY_S=60" in told.out
    for name, value in (("PORT", "many"), ("CHATSERVER_ALLOWED_ORIGINS", "*"), ("CHATSERVER_ASSIGNMENT", "lottery")):
        wrong = Installation(Path(installation.environment["CHATSERVER_DATA_DIR"]))
        wrong.environment[name] = value
        said = await wrong.run("serve")
        assert said.code == 2
        assert said.err.startswith(f"{name}: ")
