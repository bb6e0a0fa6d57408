"""HTTP: lists, search, transcripts as files, health, pages, and errors of one shape."""

import csv
import io
import re
from typing import Any

import pytest

from tests.e2e.conftest import Serve
from tests.people import Person
from tests.serving import PASSWORD, Answer, Served


async def told(served: Served, sub: str, *texts: str, **claims: Any) -> tuple[Person, str]:
    """A user and their conversation, in which these texts were written."""
    user = await served.user(sub, **claims)
    conversation = (await user.call("start_conversation", key="k1", want_agent=True))["conversation"]["id"]
    for text in texts:
        await user.say(conversation, text)
    return user, conversation


def ids(answer: Answer) -> list[str]:
    assert answer.status == 200
    return [one["id"] for one in answer.body["conversations"]]


async def test_message_text_is_found_in_chinese_and_english_at_once(served_on_both: Served) -> None:
    served = served_on_both
    _, chinese = await told(served, "lin", "我的提现一直没到账，交易哈希 0xAbC123", locale="zh-CN")
    _, english = await told(served, "alex", "My withdrawal of 250 USDT is stuck")
    lead = await served.agent("lead", role="supervisor")
    for query, found in {
        "提现": [chinese],
        "没到账": [chinese],
        "0xabc123": [chinese],
        "withdrawal": [english],
        "WITHDRAWAL stuck": [english],
        "usdt": [english],
        "stuck 提现": [],
        "withdrawals of nobody": [],
        "到账提": [],
    }.items():
        assert ids(await served.get("/api/v1/conversations", lead, query=query)) == found, query


async def test_a_user_searches_and_lists_their_own_only(served: Served) -> None:
    lin, mine = await told(served, "lin", "help with my wallet")
    may, theirs = await told(served, "may", "help with my wallet")
    assert ids(await served.get("/api/v1/conversations", lin, query="wallet")) == [mine]
    assert ids(await served.get("/api/v1/conversations", may)) == [theirs]


async def test_an_anonymous_user_reads_with_the_visitor_key(served: Served) -> None:
    visitor = await served.visitor()
    conversation = (await visitor.call("start_conversation", key="k1", text="hello"))["conversation"]["id"]
    assert visitor.token.startswith("Visitor ")
    assert ids(await served.get("/api/v1/conversations", visitor)) == [conversation]
    assert (await served.get(f"/api/v1/conversations/{conversation}/transcript", visitor)).status == 200


async def test_a_list_is_paged_newest_first_and_chosen_by_status(served: Served) -> None:
    conversations = [(await told(served, f"u{number}"))[1] for number in range(5)]
    lead = await served.agent("lead", role="supervisor")
    first = await served.get("/api/v1/conversations", lead, limit=3)
    assert ids(first) == conversations[:1:-1]
    listed = first.body["conversations"][0]
    assert listed["user"] == {"id": "u4", "name": "U4"}
    assert abs(listed["started_at"] - served.clock.now()) < 60_000
    second = await served.get("/api/v1/conversations", lead, limit=3, cursor=first.body["next"])
    assert ids(second) == conversations[1::-1]
    assert "next" not in second.body
    assert ids(await served.get("/api/v1/conversations", lead, status="closed")) == []
    assert len(ids(await served.get("/api/v1/conversations", lead, status="waiting"))) == 5


@pytest.mark.parametrize("question", [{"limit": "0"}, {"limit": "x"}, {"status": "open"}, {"q": "x"}, {"cursor": "no"}])
async def test_a_question_that_makes_no_sense_is_invalid(served: Served, question: dict[str, str]) -> None:
    user, _ = await told(served, "lin")
    answer = await served.get("/api/v1/conversations", user, **question)
    assert (answer.status, answer.body["error"]["code"]) == (400, "invalid")
    assert answer.body["error"]["field"] == next(iter(question))


async def test_what_a_form_leaves_empty_is_left_out(served: Served) -> None:
    user, conversation = await told(served, "lin", "hello")
    question = {"query": "", "status": "", "limit": "", "cursor": ""}
    assert ids(await served.get("/api/v1/conversations", user, **question)) == [conversation]
    answer = await served.get("/api/v1/conversations", user, unknown="")
    assert (answer.status, answer.body["error"]["field"]) == (400, "unknown")


# Transcripts


async def test_the_json_transcript_is_the_conversation_and_its_events_as_sync_gives_them(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou, text="help")
    await zhou.call("add_note", conversation=conversation, key="n", text="secret")
    path = f"/api/v1/conversations/{conversation}/transcript"
    for reader in (user, zhou):
        answer = await served.get(path, reader, format="json")
        assert answer.body["events"] == await reader.log(conversation)
        assert answer.body["conversation"]["id"] == conversation
    internal = await served.get(path, zhou, thread="internal")
    assert [event["text"] for event in internal.body["events"]] == ["secret"]
    for format_ in ("json", "csv", "html", "txt"):
        for reader in (user, zhou):
            assert "secret" not in str((await served.get(path, reader, format=format_)).body)


async def test_a_transcript_is_a_csv_with_cells_that_run_nothing(served: Served) -> None:
    cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "plain", 'a "quoted", one', "two\nlines", "＝1"]
    user, conversation = await told(served, "lin", *cells, name="=cmd|'/c calc'!A1")
    answer = await served.get(f"/api/v1/conversations/{conversation}/transcript", user, format="csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = io.StringIO(answer.body, newline="")
    assert lines.readline().strip() == "seq,at,type,role,name,id,text"
    lines.seek(0)
    rows = list(csv.DictReader(lines))
    texts = [row["text"] for row in rows if row["type"] == "message_posted"]
    assert texts == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", *cells[5:8], "'＝1"]
    assert rows[2]["name"].startswith("'=")
    events = await user.log(conversation)
    assert [(row["seq"], row["id"], row["at"]) for row in rows] == [
        (str(event["seq"]), event["id"], str(event["at"])) for event in events
    ]


async def test_a_transcript_is_an_html_page_with_an_element_for_every_event(served: Served) -> None:
    user, conversation = await told(served, "lin", "a < b & c", "<b>bold</b>")
    answer = await served.get(f"/api/v1/conversations/{conversation}/transcript", user, format="html")
    assert answer.headers["Content-Type"].startswith("text/html")
    found = re.findall(r'data-seq="(\d+)" data-id="([^"]+)"', answer.body)
    assert found == [(str(event["seq"]), event["id"]) for event in await user.log(conversation)]
    texts = re.findall(r'class="text">([^<]*)<', answer.body)
    assert texts[-2:] == ["a &lt; b &amp; c", "&lt;b&gt;bold&lt;/b&gt;"]


async def test_a_transcript_is_plain_text_that_nobody_can_fake_a_line_of(served: Served) -> None:
    user, conversation = await told(served, "lin", "hello", "line\n[2026-01-01 00:00:00Z] Support: send me your phrase")
    answer = await served.get(f"/api/v1/conversations/{conversation}/transcript", user, format="txt")
    assert answer.headers["Content-Type"].startswith("text/plain")
    lines = re.findall(r"^\[[^\]]+\] ([^:]+): (.*)$", answer.body, re.MULTILINE)
    assert ("Lin", "hello") in lines
    assert len(lines) == len(await user.log(conversation))


# The house around them


async def test_health_readiness_and_figures_are_told(served: Served) -> None:
    assert (await served.get("/healthz")).status == 200
    assert (await served.get("/readyz")).status == 200
    figures = await served.get("/metrics")
    assert figures.headers["Content-Type"].startswith("text/plain")
    assert "chatserver_" in figures.body


async def test_a_draining_server_is_not_ready_and_lets_nobody_in(serve: Serve) -> None:
    served = await serve()
    user = await served.user("lin")
    await served.app.drain()
    assert (await user.wait_for("reconnect_soon"))["in_ms"] >= 0
    await user.gone()
    assert (await served.get("/readyz")).status == 503
    assert (await served.get("/healthz")).status == 200


async def test_pages_come_with_a_policy_that_lets_nothing_else_run(served: Served) -> None:
    for path in ("/console", "/widget"):
        page = await served.get(path)
        assert page.status == 200
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert (await served.get("/widget.js")).headers["Content-Type"].startswith("text/javascript")


async def test_errors_have_one_shape_whatever_goes_wrong(served: Served) -> None:
    await served.account("zhou")
    answers = {
        (404, "not_found"): await served.get("/no/such/page"),
        (405, "invalid"): await served.request("DELETE", "/api/v1/topics"),
        (413, "too_large"): await served.request("POST", "/api/v1/sign-in", data=b"x" * 70_000),
        (400, "invalid"): await served.request("POST", "/api/v1/sign-in", data=b"{"),
        (401, "unauthenticated"): await served.get("/api/v1/me"),
    }
    for (status, code), answer in answers.items():
        assert (answer.status, answer.body["error"]["code"]) == (status, code)
        assert answer.body.keys() == {"error"}
        assert answer.body["error"].keys() <= {"code", "message", "field"}


async def test_a_body_that_is_not_in_the_coding_it_says_is_the_clients_mistake(served: Served) -> None:
    for coding in ("deflate", "gzip"):
        answer = await served.request(
            "POST", "/api/v1/sign-in", data=b"neither of them", headers={"Content-Encoding": coding}
        )
        assert (answer.status, answer.body["error"]["code"]) == (400, "invalid")


async def test_paths_that_climb_get_nothing(served: Served) -> None:
    for path in (
        "/assets/..%2f..%2fpyproject.toml",
        "/assets/%2e%2e/index.html",
        "/assets/.hidden",
        "/assets//etc/passwd",
    ):
        assert (await served.get(path)).status == 404


async def test_guessing_passwords_is_slowed_down_and_told_until_when(serve: Serve) -> None:
    served = await serve(rate_factor=1.0)
    await served.account("zhou")
    body = {"email": "zhou@x.io", "password": "wrong"}
    statuses = [(await served.post("/api/v1/sign-in", body)).status for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    answer = await served.post("/api/v1/sign-in", body)
    assert answer.body["error"]["code"] == "rate_limited"
    assert answer.body["error"]["retry_after_ms"] > 0
    assert int(answer.headers["Retry-After"]) > 0


async def test_nothing_that_a_browser_sends_by_itself_counts_as_somebody(served: Served) -> None:
    zhou = await served.available("zhou")
    token = zhou.token.removeprefix("Bearer ")
    for kind in (
        "application/x-www-form-urlencoded",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/json",
    ):
        headers = {
            "Cookie": f"session={token}; access_token={token}",
            "Content-Type": kind,
            "Origin": "https://evil.example",
        }
        answer = await served.request("POST", "/api/v1/approvals", headers=headers, data=b"{}")
        assert (answer.status, answer.body["error"]["code"]) == (401, "unauthenticated"), kind
        assert "Set-Cookie" not in answer.headers
    signed = await served.post("/api/v1/sign-in", {"email": "zhou@x.io", "password": PASSWORD})
    assert signed.status == 200
    assert "Set-Cookie" not in signed.headers
