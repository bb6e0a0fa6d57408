"""The log of a real server at DEBUG, after everything that may hold a secret was said to it."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from chatserver.core.ports import SystemClock
from chatserver.trust.identity import mint_user_token
from chatserver.trust.keyring import shared_key
from tests.people import Person, Refused

PROGRAM = Path(sys.executable).with_name("chatserver")
CANARY = "canary-9d2e"
SECRET = f"{CANARY}-0123456789abcdef0123456789abcdef"
PASSWORD = f"{CANARY} correct horse battery"
NASTY = f"{CANARY}\r\n\x1b[2J\u2028%s%n${{jndi:ldap://x}}"


@dataclass
class Process:
    """A server as operators run it: its address, its keys, and what it has written to standard error."""

    address: str
    environment: dict[str, str]
    log: Path
    program: asyncio.subprocess.Process

    async def stop(self) -> list[str]:
        """Drain it; everything it has written."""
        if self.program.returncode is None:
            self.program.send_signal(signal.SIGTERM)
        assert await self.program.wait() == 0
        return self.log.read_text(encoding="utf-8").split("\n")[:-1]

    def user_token(self, sub: str, name: str) -> str:
        key = shared_key(self.environment["CHATSERVER_IDENTITY_SECRET"])
        return mint_user_token(key, sub, name, now=SystemClock().now(), ttl_s=300)

    async def run(self, *words: str, given: str = "") -> str:
        """Run a command beside it; what it printed."""
        pipe = asyncio.subprocess.PIPE
        program = await asyncio.create_subprocess_exec(
            PROGRAM, *words, env=self.environment, stdin=pipe, stdout=pipe, stderr=pipe
        )
        out, err = await program.communicate(given.encode())
        with self.log.open("ab") as log:
            log.write(err)
        assert program.returncode == 0, err
        return out.decode()


@pytest_asyncio.fixture
async def process(tmp_path: Path, redis_url: str) -> AsyncIterator[Process]:
    environment = {
        "PATH": os.defpath,
        "PORT": "0",
        "REDIS_URL": redis_url,
        "CHATSERVER_DATA_DIR": str(tmp_path / "data"),
        "CHATSERVER_LOG_LEVEL": "debug",
        "CHATSERVER_SECRET_KEY": SECRET,
        "CHATSERVER_IDENTITY_SECRET": SECRET[::-1] + CANARY,
        "CHATSERVER_MISSPELT": CANARY,
    }
    log = tmp_path / "log"
    with log.open("wb") as err:
        program = await asyncio.create_subprocess_exec(
            PROGRAM, "serve", env=environment, stdout=asyncio.subprocess.PIPE, stderr=err
        )
    assert program.stdout is not None
    said = (await program.stdout.readline()).decode()
    started = Process(said.split()[-1], environment, log, program)
    yield started
    await started.stop()


async def talk(process: Process) -> str:
    """Everything that people say, with the canary in all of it; the conversation."""
    token = process.user_token("lin", NASTY)
    email = "zhou@x.io"
    await process.run("agent", "add", email, "--name", CANARY, given=PASSWORD)
    agent_token = (await process.run("token", "agent", email)).strip()
    async with (
        Person("lin", f"Bearer {token}").connected(process.address, {"as": "user", "token": token}) as user,
        Person("zhou").connected(process.address, {"as": "agent", "token": agent_token}) as agent,
    ):
        await agent.call("set_presence", status="available")
        body = {"key": CANARY, "text": NASTY, "topic": CANARY, "attributes": {"device": CANARY}}
        started = await user.call("start_conversation", want_agent=True, **body)
        conversation = str(started["conversation"]["id"])
        await agent.wait_for("agent_assigned")
        await user.say(conversation, f"password {CANARY}", key=f"{CANARY}2")
        await user.call("typing", conversation=conversation, on=True, draft=CANARY)
        await agent.call("add_note", conversation=conversation, text=CANARY, key=CANARY)
        for name, refused in (
            ("send_message", {"conversation": conversation, "text": CANARY * 1_000, "key": "k"}),
            ("send_message", {"conversation": CANARY, "text": CANARY, "key": "k", CANARY: 1}),
            (f"{CANARY}\n", {"conversation": conversation}),
            ("token_" + CANARY, {}),
            ("add_note", {"conversation": conversation, "text": CANARY, "key": CANARY}),
        ):
            await user.reply(name, refused)
        await agent.call("close_conversation", conversation=conversation, disposition=CANARY)
    return conversation


async def knock(process: Process) -> None:
    """Everything that strangers say, over sockets and HTTP."""
    for auth in ({"as": "user", "token": CANARY}, {"as": "user", "visitor": CANARY}, {"as": CANARY}, CANARY):
        with pytest.raises(Refused):
            async with Person("nobody").connected(process.address, auth):
                pass
    token = process.user_token("mo", CANARY)
    headers = {
        "Authorization": f"Bearer {token}",
        "User-Agent": CANARY,
        "Cookie": f"a={CANARY}",
        "X-Forwarded-For": CANARY,
    }
    async with aiohttp.ClientSession(process.address) as http:
        for path in (
            f"/api/v1/conversations?query={CANARY}",
            f"/{CANARY}",
            f"/api/v1/conversations/{CANARY}?token={CANARY}",
        ):
            await (await http.get(path, headers=headers)).read()
        await (await http.get("/socket.io/?EIO=4&transport=websocket", headers={"Origin": f"https://{CANARY}"})).read()
        for password in (PASSWORD, CANARY):
            answer = await http.post("/api/v1/sign-in", json={"email": "zhou@x.io", "password": password})
            tokens = await answer.json()
            again = {"refresh_token": tokens.get("refresh_token", CANARY)}
            for path in ("/api/v1/refresh", "/api/v1/refresh", "/api/v1/sign-out"):
                await (await http.post(path, json=again)).read()
        await (await http.post("/api/v1/sign-in", data=CANARY)).read()
        async with http.ws_connect("/socket.io/?EIO=4&transport=websocket") as socket:
            await socket.send_str(f'40{{"token":"{CANARY}')
            await socket.receive()
    reader, writer = await asyncio.open_connection(*process.address.removeprefix("http://").split(":"))
    writer.write(f"GET /{CANARY} HTTP/9\r\n{CANARY}\r\n\r\n".encode())
    await reader.read()
    writer.close()


async def test_nothing_that_was_said_is_in_the_log_and_every_line_is_one(process: Process) -> None:
    conversation = await talk(process)
    await knock(process)
    await process.run("backup", str(process.log.parent / "backup"))
    written = await process.stop()
    assert [line for line in written if CANARY in line or CANARY[::-1] in line] == []
    assert [line for line in written if not line.isprintable()] == []
    lines: list[dict[str, Any]] = [json.loads(line) for line in written]
    assert [line for line in lines if line["level"] not in {"debug", "info", "warning"}] == []
    assert not [line for line in lines if "exc_info" in line]
    refused = [line for line in lines if line["event"] == "refused"]
    assert {line["code"] for line in refused} >= {"too_large", "invalid", "forbidden"}
    known = [line for line in refused if line.get("conversation") == conversation]
    assert {line["command"] for line in known} == {"send_message", "add_note", "unknown"}
    assert len({line["session"] for line in known}) == 1
    welcomed = {line["session"]: line["role"] for line in lines if line["event"] == "welcomed"}
    assert welcomed[known[0]["session"]] == "user"
