"""Transcripts by mail, end to end: asked for over HTTP, carried to a real mail server, whatever happens between."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, update

from chatserver.channels.smtp import post_of
from chatserver.infra.outbox import store
from chatserver.infra.outbox.outbox import AT_ONCE
from chatserver.infra.outbox.tables import outbox
from chatserver.settings import SettingsError
from tests.e2e.conftest import Lines, Serve
from tests.mail_server import MailServer, mail_server, text_of
from tests.people import Person
from tests.serving import Answer, Served

SENDER = "Support 客服 <support@wallet.example>"


@pytest_asyncio.fixture
async def post() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest_asyncio.fixture
async def served(serve: Serve, post: MailServer) -> Served:
    return await serve(smtp_url=post.url, mail_from=SENDER)


async def ask(served: Served, who: Person, conversation: str, email: Any = "lin@example.com") -> Answer:
    return await served.post(f"/api/v1/conversations/{conversation}/transcript/mail", {"email": email}, who)


async def talk(served: Served, **claims: Any) -> tuple[Person, Person, str]:
    user, zhou = await served.user("lin", **claims), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    await user.say(conversation, "转账没到账\nsecond line <b>&")
    await zhou.say(conversation, "let me look")
    await zhou.call("add_note", conversation=conversation, key="n", text="only for us")
    return user, zhou, conversation


async def test_a_user_gets_what_was_said_as_text_and_as_a_page(served: Served, post: MailServer) -> None:
    user, _, conversation = await talk(served, locale="zh-CN")
    assert user.welcome["features"] == ["transcript_mail"]
    answer = await ask(served, user, conversation, "Lin.Xiao+chat@例子.example")
    assert answer.status == 200
    (mail,) = await post.got(1)
    assert post.receivers == [["Lin.Xiao+chat@xn--fsqu00a.example"]]
    assert mail["To"] == "Lin.Xiao+chat@xn--fsqu00a.example"
    assert (mail["From"], mail["Subject"]) == (SENDER, "您的客服会话记录")
    assert mail["Message-ID"] == f"<{answer.body['id']}@wallet.example>"
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "zh-CN")
    text, page = text_of(mail, "plain"), text_of(mail, "html")
    assert "助记词" in text
    assert "转账没到账\n    second line <b>&" in text
    assert "second line &lt;b&gt;&amp;" in page
    assert "let me look" in page
    assert "only for us" not in text + page


async def test_an_agent_sends_it_in_the_language_of_the_conversation(served: Served, post: MailServer) -> None:
    _, zhou, conversation = await talk(served, locale="en")
    assert (await ask(served, zhou, conversation)).status == 200
    (mail,) = await post.got(1)
    assert mail["Subject"] == "The record of your support conversation"
    assert "Support never asks for your recovery phrase" in text_of(mail, "plain")
    assert "only for us" not in text_of(mail, "plain")


NO_ADDRESSES = [
    "a@x.io\r\nBcc: b@x.io",
    "a@x.io\nSubject: hello",
    "a@x.io, b@x.io",
    "a@x.io;b@x.io",
    "<a@x.io>",
    '"a b"@x.io',
    "a@x.io (b)",
    "a@b@x.io",
    "a@x",
    "a@127.0.0.1",
    "a@[127.0.0.1]",
    "a@-x.io",
    "a..b@x.io",
    ".a@x.io",
    "@x.io",
    "a@",
    "a b@x.io",
    "é@x.io",
    "a@x.io\0",
    f"{'a' * 65}@x.io",
    f"a@{'x' * 64}.io",
    f"a@{'x.' * 130}io",
    "",
    "a",
    None,
    5,
    ["a@x.io"],
]


async def test_only_one_plain_address_is_taken(served: Served, post: MailServer) -> None:
    user, _, conversation = await talk(served)
    for wrong in NO_ADDRESSES:
        answer = await ask(served, user, conversation, wrong)
        assert (answer.status, answer.body["error"]["code"]) == (400, "invalid"), wrong
        assert answer.body["error"]["field"] == "email", wrong
    await ask(served, user, conversation)
    await post.got(1)
    assert post.tried == 1


async def test_what_people_wrote_or_are_called_is_in_no_header(served: Served, post: MailServer) -> None:
    user, _, conversation = await talk(served, name="Lin\r\nBcc: evil@x.io")
    await user.say(conversation, "hi\r\n.\r\nRCPT TO:<evil@x.io>\r\n\x1b[2J\u202e")
    await ask(served, user, conversation)
    (mail,) = await post.got(1)
    assert post.receivers == [["lin@example.com"]]
    assert "Bcc" not in mail
    assert "evil" not in str([value for _, value in mail.items()])
    assert "RCPT TO:<evil@x.io>" in text_of(mail, "plain")


async def test_what_was_said_after_asking_is_not_in_it(served: Served, post: MailServer) -> None:
    user, _, conversation = await talk(served)
    post.answers = ["451 later"]
    await ask(served, user, conversation)
    await carried(served, 1)
    await user.say(conversation, "said afterwards")
    served.clock.turn(seconds=10)
    served.app.outbox.kick()
    (mail,) = await post.got(1)
    assert "said afterwards" not in text_of(mail, "plain")


async def carried(served: Served, attempts: int) -> None:
    """Wait until so many attempts have ended."""
    async with asyncio.timeout(20):
        while sum(served.app.outbox.ended.values()) < attempts:
            await served.app.database.read(store.read_figures)


async def test_asking_again_while_it_waits_sends_one_mail(served: Served, post: MailServer) -> None:
    user, _, conversation = await talk(served)
    post.held.clear()
    first, second = await ask(served, user, conversation), await ask(served, user, conversation)
    assert first.body == second.body
    post.held.set()
    await post.got(1)
    await carried(served, 1)
    assert post.tried == 1


async def test_a_server_that_fails_or_is_away_gets_it_later_under_the_same_id(
    served: Served, post: MailServer, log_lines: Lines
) -> None:
    user, _, conversation = await talk(served)
    post.answers = ["451 try later"]
    answer = await ask(served, user, conversation)
    await carried(served, 1)
    await post.stop()
    served.clock.turn(seconds=10)
    served.app.outbox.kick()
    await carried(served, 2)
    await post.start()
    served.clock.turn(seconds=20)
    served.app.outbox.kick()
    (mail,) = await post.got(1)
    assert mail["Message-ID"] == f"<{answer.body['id']}@wallet.example>"
    delayed = [line["reason"] for line in log_lines.lines if line["event"] == "outbox_delayed"]
    assert delayed == ["smtp 451", "SMTPConnectError"]
    assert "example.com" not in str(log_lines.lines)


@pytest.mark.parametrize("reply", ["550 no such user", "554 spam"])
async def test_what_the_server_refuses_for_ever_is_put_aside_and_told_to_operators(
    served: Served, post: MailServer, log_lines: Lines, reply: str
) -> None:
    user, _, conversation = await talk(served)
    post.answers = [reply]
    answer = await ask(served, user, conversation)
    await carried(served, 1)
    (line,) = [one for one in log_lines.lines if one["event"] == "outbox_quarantined"]
    assert (line["parcel"], line["reason"]) == (answer.body["id"], f"smtp {reply[:3]}")
    log_lines.lines.remove(line)  # an alarm is meant here
    (row,) = await served.app.database.read(lambda conn: store.read_rows(conn, 10))
    assert row.state == "quarantined"


async def test_a_killed_worker_loses_nothing_and_what_it_may_have_sent_twice_is_one_mail_to_the_reader(
    served: Served, post: MailServer, redis_url: str
) -> None:
    served.app.outbox._carriers.clear()  # only the worker carries
    user, _, conversation = await talk(served)
    settings = served.app.settings
    environment = os.environ | {
        "CHATSERVER_DATA_DIR": str(settings.data_dir),
        "REDIS_URL": redis_url,
        "CHATSERVER_DESK": settings.desk,
        "CHATSERVER_SMTP_URL": post.url,
        "CHATSERVER_MAIL_FROM": SENDER,
    }
    addresses = [f"lin{number}@example.com" for number in range(3)]
    ids = [(await ask(served, user, conversation, email)).body["id"] for email in addresses]
    post.held.clear()
    for killed in (True, False):
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "chatserver", "worker", env=environment, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            if killed:
                await post.until(lambda server: server.tried == 3)
                worker.send_signal(signal.SIGKILL)
                await worker.wait()
                post.held.set()
                await served.app.database.write(expire_leases)
            else:
                await post.got(6)
                await served.until(lambda conn: not store.read_figures(conn).waiting)
                worker.send_signal(signal.SIGTERM)
                assert await asyncio.wait_for(worker.wait(), 20) == 0
        finally:
            if worker.returncode is None:
                worker.kill()
                await worker.wait()
    assert sorted(message_ids(post.mails)) == sorted(f"<{one}@wallet.example>" for one in [*ids, *ids])


async def test_a_slow_server_holds_up_neither_chat_nor_the_stop(served: Served, post: MailServer) -> None:
    user, zhou, conversation = await talk(served)
    post.held.clear()
    for number in range(5):
        await ask(served, user, conversation, f"lin{number}@example.com")
    await post.until(lambda server: server.tried == AT_ONCE)
    async with asyncio.timeout(2):
        await user.say(conversation, "still here")
        await zhou.wait_for("message_posted", text="still here")
    # The product is stopped by the fixture now, with four mails under way.


async def test_a_day_has_few_mails_for_one_user_and_for_one_address(serve: Serve, post: MailServer) -> None:
    served = await serve(smtp_url=post.url, mail_from=SENDER, rate_factor=1.0)
    user, zhou, conversation = await talk(served)
    for number in range(5):
        assert (await ask(served, user, conversation, f"lin{number}@example.com")).status == 200
    refused = await ask(served, user, conversation, "lin5@example.com")
    assert (refused.status, refused.body["error"]["code"]) == (429, "rate_limited")
    assert refused.body["error"]["retry_after_ms"] > 0
    assert (await ask(served, zhou, conversation, "lin5@example.com")).status == 200
    await post.got(6)
    served.clock.turn(seconds=24 * 3_600 + 1)
    again = await served.user("lin")
    assert (await ask(served, again, conversation, "lin5@example.com")).status == 200


async def test_an_anonymous_user_to_whom_no_agent_spoke_sends_no_mail(served: Served, post: MailServer) -> None:
    visitor = await served.visitor()
    conversation = (await visitor.call("start_conversation", key="k", text="buy my coins"))["conversation"]["id"]
    refused = await ask(served, visitor, conversation)
    assert (refused.status, refused.body["error"]["code"]) == (409, "conflict")
    zhou = await served.available("zhou")
    await visitor.call("request_agent", conversation=conversation)
    await visitor.sees(zhou)
    assert (await ask(served, visitor, conversation)).status == 200
    await post.got(1)


async def test_without_a_mail_server_it_is_said_at_once(serve: Serve) -> None:
    served = await serve()
    user, _, conversation = await talk(served)
    assert "features" not in user.welcome
    refused = await ask(served, user, conversation)
    assert (refused.status, refused.body["error"]["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("url", "sender", "named"),
    [
        ("http://mail.example", SENDER, "CHATSERVER_SMTP_URL"),
        ("smtp://", SENDER, "CHATSERVER_SMTP_URL"),
        ("smtp://mail.example?tls=1", SENDER, "CHATSERVER_SMTP_URL"),
        ("smtp://mail.example:x", SENDER, "CHATSERVER_SMTP_URL"),
        ("smtp://mail.example", "", "CHATSERVER_MAIL_FROM"),
        ("smtp://mail.example", "a@x.io\r\nBcc: b@x.io", "CHATSERVER_MAIL_FROM"),
    ],
)
def test_settings_that_cannot_be_used_are_named(url: str, sender: str, named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        post_of(url, sender)


def test_a_password_goes_over_an_encrypted_link_unless_it_stays_on_this_machine() -> None:
    for url, tls, starttls in (
        ("smtp://u:p%40@mail.example", False, True),
        ("smtps://u:p%40@mail.example", True, False),
        ("smtp://u:p%40@mail.example?starttls=no", False, False),
        ("smtp://u:p%40@localhost:25", False, False),
    ):
        found = post_of(url, SENDER)
        assert found is not None
        assert (found.tls, found.starttls, found.password) == (tls, starttls, "p@"), url


def expire_leases(conn: Connection) -> None:
    """As if a minute had passed."""
    conn.execute(update(outbox).values(lease_until=1))


def message_ids(mails: list[EmailMessage]) -> list[str]:
    return [str(mail["Message-ID"]) for mail in mails]
