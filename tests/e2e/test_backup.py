"""`chatserver backup` and `restore` beside a running server, and a server on what was restored."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import URL

from chatserver.infra.backup import restore
from chatserver.settings import Settings
from tests import services
from tests.e2e.test_attachments import fetch, send
from tests.people import SOON_S
from tests.serving import Served, serving

PROGRAM = Path(sys.executable).with_name("chatserver")


async def chatserver(settings: Settings, *words: str) -> tuple[int, str, str]:
    """Run a command as an operator does: exit code, standard output, standard error.

    The PostgreSQL of the tests does not wait for its disk; that it is told so each time is left out.
    """
    environment = {
        "PATH": "",
        "CHATSERVER_DATA_DIR": str(settings.data_dir),
        "CHATSERVER_DESK": settings.desk,
        "REDIS_URL": settings.redis_url,
        "DATABASE_URL": settings.database_url,
        "CHATSERVER_SECRET_KEY": settings.secret_key,
    }
    pipes: dict[str, Any] = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.PIPE}
    program = await asyncio.create_subprocess_exec(PROGRAM, *words, env=environment, **pipes)
    out, err = await program.communicate()
    assert program.returncode is not None
    told = [line for line in err.decode().splitlines(keepends=True) if "sql.fsync_off" not in line]
    return program.returncode, out.decode(), "".join(told)


@pytest_asyncio.fixture
async def elsewhere(served_on_both: Served, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Settings]:
    """Settings of a second installation of the same kind, with the same Redis and keys and nothing else."""
    first = served_on_both.app.settings
    keys = msgspec.structs.asdict(served_on_both.app.keys)
    place = msgspec.structs.replace(first, data_dir=tmp_path / "elsewhere", port=0, **keys)
    if not first.database_url:
        yield place
        return
    server: URL = request.getfixturevalue("postgres_server")
    async with services.fresh_database(server) as url:
        yield msgspec.structs.replace(place, database_url=url)


def given(settings: Settings) -> dict[str, Any]:
    """What `serving` needs to know of an installation."""
    names = ("redis_url", "database_url", "desk", "secret_key", "identity_secret")
    return {name: getattr(settings, name) for name in names}


async def test_a_backup_of_a_running_server_serves_elsewhere(
    served_on_both: Served, elsewhere: Settings, tmp_path: Path
) -> None:
    served, folder = served_on_both, tmp_path / "backup"
    user, agent = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, agent, text="我的提现没有到账")
    await agent.say(conversation, "I am looking")
    history = await user.log(conversation)
    code, out, err = await chatserver(served.app.settings, "backup", str(folder))
    assert (code, err) == (0, "")
    said = json.loads(out)
    assert (said["folder"], said["conversations"]) == (str(folder), 1)
    assert said["events"] >= len(history)
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    for secret in (served.app.keys.secret_key, served.app.keys.identity_secret):
        assert secret.encode() not in everything
    code, out, err = await chatserver(elsewhere, "restore", str(folder))
    assert code == 0, err
    assert json.loads(out) == {name: said[name] for name in ("conversations", "events", "taken_at")}
    assert await chatserver(elsewhere, "verify") == (0, '{"ok":true,"conversations":1}\n', "")
    async with serving(elsewhere.data_dir, **given(elsewhere)) as restored:
        restored.accounts |= served.accounts
        same_user, same_agent = await restored.user("lin"), await restored.agent("zhou")
        assert await same_user.log(conversation) == history
        found = await restored.get("/api/v1/conversations", same_agent, query="提现")
        assert [one["id"] for one in found.body["conversations"]] == [conversation]
        await same_agent.say(conversation, "And here we are again")
        assert (await same_user.wait_for("message_posted"))["text"] == "And here we are again"


async def test_files_come_back_with_the_messages_that_they_belong_to(
    served_on_both: Served, elsewhere: Settings, tmp_path: Path
) -> None:
    served, folder = served_on_both, tmp_path / "backup"
    user, agent = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, agent)
    log = b"14:02 pending\n" * 9
    sent = (await send(served, user, conversation, log, "a.log")).body
    await user.say(conversation, "the log", attachments=[sent["id"]])
    assert (await chatserver(served.app.settings, "backup", str(folder)))[0] == 0
    assert log not in (folder / "attachments.tar").read_bytes()
    code, _, err = await chatserver(elsewhere, "restore", str(folder))
    assert code == 0, err
    async with serving(elsewhere.data_dir, **given(elsewhere)) as restored:
        restored.accounts |= served.accounts
        same_agent = await restored.agent("zhou")
        url = (await restored.get(f"/api/v1/attachments/{sent['id']}", same_agent)).body["url"]
        assert (await fetch(restored, url, same_agent))[:2] == (200, log)
    with (folder / "attachments.tar").open("r+b") as file:
        file.seek(600)
        file.write(b"damaged")
    code, _, err = await chatserver(elsewhere, "restore", str(folder))
    assert (code, "damaged" in err) == (1, True)


async def test_a_full_database_is_refused_in_one_line(served_on_both: Served, tmp_path: Path) -> None:
    settings, folder = served_on_both.app.settings, tmp_path / "backup"
    await served_on_both.user("lin")
    assert (await chatserver(settings, "backup", str(folder)))[0] == 0
    code, out, err = await chatserver(settings, "restore", str(folder))
    assert (code, out) == (1, "")
    assert err.startswith("The database is in use")
    assert err.count("\n") == 1
    code, out, err = await chatserver(settings, "backup", str(folder))
    assert (code, out) == (1, "")
    assert "has something in it" in err


@pytest.mark.parametrize("rebuilt", [True, False])
async def test_an_index_of_other_times_is_made_to_fit_the_restored_database(
    rebuilt: bool, served_on_both: Served, elsewhere: Settings, tmp_path: Path
) -> None:
    served, folder = served_on_both, tmp_path / "backup"
    users = {name: await served.user(name) for name in ("lin", "mo")}
    kept = await users["lin"].call("start_conversation", key="k1", want_agent=True)
    await chatserver(served.app.settings, "backup", str(folder))
    lost = await users["mo"].call("start_conversation", key="k1", want_agent=True)
    await users["mo"].wait_for("queue_position", position=2)
    index = served.app.desk.ground.queue
    assert set(await index.members(1, "")) == {one["conversation"]["id"] for one in (kept, lost)}
    served.app.desk.sweep.users_here = list
    assert served.app.running is not None
    served.app.running.cancel()  # from here on only the other one works on the index
    if rebuilt:
        assert (await chatserver(elsewhere, "restore", str(folder)))[0] == 0
        assert set(await index.members(1, "")) == {kept["conversation"]["id"]}
    else:  # as when Redis could not be reached
        url = elsewhere.database_url or f"sqlite:///{elsewhere.data_dir}/chatserver.db"
        await restore(url, folder, lambda conn: None)
    async with serving(elsewhere.data_dir, **given(elsewhere)) as restored:
        same_user = await restored.user("lin")
        agent = await restored.available("zhou")
        await restored.sweep()
        assert (await same_user.wait_for("agent_assigned"))["agent"]["id"] == agent.id
        async with asyncio.timeout(SOON_S):  # a sweep that began before the pairing may enter it once more
            while await index.members(1, ""):
                await restored.sweep()
