"""The command line before anything is served: what it makes, prints and refuses. In one process, without a server."""

import io
import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chatserver import cli
from chatserver.trust.jws import take_apart

LINE = {"email": "bob@x.io", "name": "Bob", "tier": 1, "password": "a long password"}


@dataclass
class Said:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `chatserver` with arguments and a standard input, on a data folder of its own."""
    monkeypatch.setenv("CHATSERVER_DATA_DIR", str(tmp_path / "data"))
    for name in ("REDIS_URL", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    # What the program sets for the whole process it must not leave to other tests.
    for name in ("excepthook", "unraisablehook"):
        monkeypatch.setattr(sys, name, getattr(sys, name))

    def run(*arguments: str, stdin: str = "") -> Said:
        monkeypatch.setattr(sys, "argv", ["chatserver", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return Said(code, told.out, told.err)

    return run


def test_an_account_is_added_once(run: Run) -> None:
    first = run("agent", "add", "Amy@x.io", "--name", "Amy", "--tier", "2", "--skill", "zh", stdin="a long password\n")
    assert first.code == 0
    assert json.loads(first.out).keys() == {"id", "email"}
    again = run("agent", "add", "amy@X.io", "--name", "Other", "--tier", "1", stdin="another one\n")
    assert (again.code, again.out) == (1, "")
    assert "amy@x.io" in again.err


@pytest.mark.parametrize(
    ("options", "password"),
    [
        (["--tier", "3"], "a long password"),
        (["--role", "king"], "a long password"),
        (["--capacity", "0"], "a long password"),
        ([], ""),
        ([], "   "),
    ],
)
def test_an_account_that_cannot_be_is_refused(run: Run, options: list[str], password: str) -> None:
    said = run("agent", "add", "amy@x.io", "--name", "Amy", *options, stdin=f"{password}\n")
    assert said.code in {1, 2}
    assert said.out == ""
    assert said.err


def test_accounts_are_imported_all_or_none(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "agents.jsonl"
    good = [{**LINE, "email": f"a{number}@x.io"} for number in range(3)]
    bad: list[Any] = [*good, {**LINE, "tier": 3}]
    file.write_text("\n".join(map(json.dumps, bad)))
    refused = run("agent", "import", str(file))
    assert (refused.code, refused.out) == (1, "")
    assert "Line 4" in refused.err
    file.write_text("\n".join(map(json.dumps, good)))
    imported = run("agent", "import", str(file))
    assert [json.loads(line)["email"] for line in imported.out.splitlines()] == [one["email"] for one in good]
    again = run("agent", "import", stdin=json.dumps(good[0]))
    assert (again.code, again.out) == (1, "")


def test_tokens_are_printed_bare_one_a_line(run: Run) -> None:
    for email in ("amy@x.io", "bob@x.io"):
        run("agent", "import", stdin=json.dumps({**LINE, "email": email}))
    agents = run("token", "agent", "amy@x.io", "BOB@x.io", "--ttl", "60").out
    assert len(agents.splitlines()) == 2
    assert all(line.count(".") == 2 and line.strip() == line for line in agents.splitlines())
    user = run("token", "user", "lin", "--name", "林", "--ttl", "3600").out
    assert user.count("\n") == 1
    assert take_apart(user.strip()).kind in {"", "jwt"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("token", "agent", "nobody@x.io"),
        ("token", "user", "lin", "--ttl", "3601"),
        ("token", "user", "lin", "--ttl", "0"),
        ("token", "user", "with space"),
        ("agent", "disable", "nobody@x.io"),
        ("agent", "import", "/no/such/file.jsonl"),
        ("no-such-command",),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_said_and_prints_nothing_else(run: Run, arguments: tuple[str, ...]) -> None:
    said = run(*arguments)
    assert said.code in {1, 2}
    assert said.out == ""
    assert said.err


def test_a_token_for_a_disabled_account_is_not_given(run: Run) -> None:
    run("agent", "import", stdin=json.dumps(LINE))
    assert run("agent", "disable", "bob@x.io").code == 0
    assert run("token", "agent", "bob@x.io").code == 1


def test_an_empty_installation_is_sound_and_exports_nothing(run: Run) -> None:
    assert run("migrate").code == 0
    assert run("migrate").code == 0
    verified = run("verify")
    assert (verified.code, json.loads(verified.out)) == (0, {"ok": True, "conversations": 0})
    assert run("export") == Said(0, "", run("export").err)


def test_a_fault_in_a_log_is_named_and_ends_with_1(run: Run, tmp_path: Path) -> None:
    run("migrate")
    columns = "number, id, desk, user_id, locale, topic, attributes, status, tier, epoch, skill, priority, joined, "
    columns += "public_head, internal_head, user_read, agent_read, started_at"
    values = "7, 'c_x', 'main', 'lin', 'en', '', '{}', 'closed', 1, 0, '', 0, '[]', 2, 0, 0, 0, 1"
    with closing(sqlite3.connect(tmp_path / "data" / "chatserver.db")) as database:
        database.execute(f"INSERT INTO conversations ({columns}) VALUES ({values})")
        database.execute(
            "INSERT INTO events (conversation, thread, seq, at, type, by_role, by_id, by_name, body)"
            " VALUES (7, 'public', 1, 1, 'conversation_started', 'user', 'lin', 'Lin', ?)",
            [b'{"topic":"","locale":"en"}'],
        )
        database.commit()
    said = run("verify")
    assert said.code == 1
    (fault,) = map(json.loads, said.out.splitlines())
    assert fault == {"ok": False, "conversation": "c_x", "thread": "public", "seq": 2, "reason": fault["reason"]}


def test_every_setting_is_printed_with_its_meaning(run: Run) -> None:
    said = run("settings")
    for name in ("PORT=8080", "CHATSERVER_HOST=127.0.0.1", "CHATSERVER_AGENT_GONE_S=60", "CHATSERVER_USER_GONE_S=120"):
        assert name in said.out
    for name in ("CHATSERVER_PING_INTERVAL_S=15", "CHATSERVER_PING_TIMEOUT_S=10", "CHATSERVER_RATE_FACTOR=1"):
        assert name in said.out
    lines = said.out.splitlines()
    assert all(meaning.startswith("    ") and meaning.strip() for meaning in lines[1::2])


@pytest.mark.parametrize("command", ["verify", "export", "migrate", "rebuild-queue"])
@pytest.mark.parametrize("url", ["nonsense", "mysql://host/name", "postgresql://127.0.0.1:1/nobody"])
def test_a_database_that_cannot_be_used_is_one_clear_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    said = run(command)
    assert said.code in {1, 2}
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1


def test_the_keys_are_kept_for_their_owner_alone(run: Run, tmp_path: Path) -> None:
    first = run("token", "user", "lin").out
    kept = [tmp_path / "data" / name for name in ("identity_secret", "secret_key")]
    assert [oct(file.stat().st_mode & 0o777) for file in kept] == ["0o600", "0o600"]
    assert first.split(".")[0] == run("token", "user", "lin").out.split(".")[0]
