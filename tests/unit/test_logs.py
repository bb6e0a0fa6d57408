"""A line of the log: one line, whatever is in it; traceable; without a word of what people wrote."""

import asyncio
import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from aiohttp.http_exceptions import BadStatusLine
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from chatserver import logs
from chatserver.core.doing import DOING, Doing
from chatserver.infra.sql.faults import cause_of
from chatserver.infra.sql.sqlite import sqlite_engine
from chatserver.infra.sql.urls import normalised
from chatserver.logs import configure_logs

CANARY = "canary-4f1c"
NASTY = 'a\r\nb\x1b[2J\x00\x7f\x9b31m\u2028\u2029\u202egpj\u200b"}{%s%n${jndi:x}\ud800'


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What goes to standard error at DEBUG; logging is as before afterwards."""
    before, handlers, level, hook = structlog.get_config(), logging.root.handlers[:], logging.root.level, sys.excepthook
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    configure_logs("debug")
    yield out
    logging.captureWarnings(capture=False)
    logging.basicConfig(handlers=handlers, level=level, force=True)
    structlog.configure(**before)
    sys.excepthook = hook


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().split("\n")[:-1]]


def test_what_would_break_a_line_or_a_screen_is_escaped(written: io.StringIO) -> None:
    structlog.get_logger().warning(NASTY, value=NASTY)
    logging.getLogger("library").warning("%s", NASTY.replace("\ud800", ""))
    ours, theirs = written.getvalue().splitlines()
    assert ours.isprintable()
    assert theirs.isprintable()
    assert json.loads(ours)["event"] == NASTY
    assert json.loads(theirs)["event"] == "a\r"  # no more than the first line of a library


def test_a_value_is_what_it_was_after_it_is_read(written: io.StringIO) -> None:
    structlog.get_logger().info("名字", value=NASTY, count=3, share=0.5, none=None, several=["一", 2])
    [line] = lines(written)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "名字", "level": "info", "value": NASTY, "count": 3, "share": 0.5, "none": None, "several": ["一", 2]
    }  # fmt: skip
    assert "名字" in written.getvalue()


def test_lines_tell_for_whom_and_in_which_conversation(written: io.StringIO) -> None:
    body = json.dumps({"conversation": "c_1", "text": CANARY}).encode()
    token = DOING.set(Doing("s_1", "send_message", body))
    structlog.get_logger().info("one")
    logging.getLogger("library").warning("two")
    DOING.reset(token)
    structlog.get_logger().info("three")
    one, two, three = lines(written)
    for line in (one, two):
        assert (line["session"], line["command"], line["conversation"]) == ("s_1", "send_message", "c_1")
    assert "session" not in three
    assert CANARY not in written.getvalue()


@pytest.mark.parametrize(
    "body", [b"", b"[", b"\xff", b"[1]", b'{"conversation":"' + CANARY.encode() + b' x"}', b'{"conversation":1}']
)
def test_a_body_that_names_no_conversation_tells_nothing(body: bytes) -> None:
    assert Doing("s_1", "send_message", body).told() == {"session": "s_1", "command": "send_message"}


@pytest.mark.parametrize(
    ("what", "shown"),
    [("send_message", "send_message"), ("GET /api/v1/conversations/{id}", "GET /api/v1/conversations/{id}")]
    + [(made_up, "unknown") for made_up in (f"{CANARY}\n", "x" * 41, "ey.J0", "", "名字")],
)
def test_a_name_that_is_made_up_is_not_told(what: str, shown: str) -> None:
    assert Doing("s_1", what).told()["command"] == shown


def test_texts_of_exceptions_are_left_out(written: io.StringIO) -> None:
    try:
        int(CANARY)
    except ValueError as error:
        structlog.get_logger().exception("ours", cause=error)
        logging.getLogger("theirs").exception("theirs")
    ours, theirs = lines(written)
    assert ours["error"] == theirs["error"] == ours["cause"] == "ValueError"
    assert "test_logs.py:" in ours["at"]
    assert CANARY not in written.getvalue()


def test_values_with_the_name_of_a_secret_are_left_out(written: io.StringIO) -> None:
    names = ("token", "access_token", "password", "Authorization", "body", "draft", "text", "secret_key", "cookie")
    structlog.get_logger().warning("oops", **dict.fromkeys(names, CANARY), raw=CANARY.encode())
    assert CANARY not in written.getvalue()
    assert lines(written)[0]["raw"] == "(11 bytes)"


def test_long_values_are_cut(written: io.StringIO) -> None:
    structlog.get_logger().warning("long", value="x" * 10_000)
    assert len(lines(written)[0]["value"]) == logs.LONGEST + 1


async def test_a_task_that_nobody_awaited_tells_nothing_of_what_it_failed_on(written: io.StringIO) -> None:
    context = {"message": "Task exception was never retrieved", "exception": ValueError(CANARY), "future": CANARY}
    asyncio.get_running_loop().default_exception_handler(context)
    [line] = lines(written)
    assert (line["event"], line["error"], line["logger"]) == (context["message"], "ValueError", "asyncio")
    assert CANARY not in written.getvalue()


def test_libraries_warn_in_the_same_form_and_tell_no_more(written: io.StringIO) -> None:
    logging.getLogger("library").info(CANARY)
    logging.getLogger("library").debug(CANARY)
    assert written.getvalue() == ""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("something is old", stacklevel=1)
    assert lines(written)[0]["logger"] == "py.warnings"


def test_a_stranger_who_does_not_speak_http_is_no_error(written: io.StringIO) -> None:
    for error in (BadStatusLine(CANARY), ValueError(CANARY)):
        logging.getLogger("aiohttp.server").error("Error handling request", exc_info=error)
    assert [(line["level"], line["error"]) for line in lines(written)] == [
        ("debug", "BadStatusLine"),
        ("error", "ValueError"),
    ]
    configure_logs("info")
    logging.getLogger("aiohttp.server").error("Error handling request", exc_info=BadStatusLine(CANARY))
    assert len(lines(written)) == 2
    assert CANARY not in written.getvalue()


def test_a_crash_tells_where_and_not_what(written: io.StringIO) -> None:
    try:
        int(CANARY)
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    [line] = lines(written)
    assert (line["event"], line["level"], line["error"]) == ("crashed", "critical", "ValueError")
    assert "test_logs.py:" in line["at"][0]
    assert CANARY not in written.getvalue()


def test_what_was_to_be_stored_is_in_no_fault_of_the_database(sqlite_url: str) -> None:
    with sqlite_engine(normalised(sqlite_url)).connect() as conn, pytest.raises(SQLAlchemyError) as caught:
        conn.execute(text("INSERT INTO missing VALUES (:value)"), {"value": CANARY})
    assert CANARY not in str(caught.value)
    assert cause_of(caught.value) == "OperationalError SQLITE_ERROR"


def test_causes_name_kinds_and_codes() -> None:
    assert cause_of(ConnectionRefusedError(111, CANARY)) == "ConnectionRefusedError 111"
    assert cause_of(ValueError(CANARY)) == "ValueError"
    with create_engine("sqlite://").connect() as conn, pytest.raises(SQLAlchemyError) as caught:
        conn.execute(text("x"))
    assert CANARY not in cause_of(caught.value)
