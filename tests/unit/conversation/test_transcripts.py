"""`conversation.transcripts` and `sentences`: the files that people and programs read."""

import csv
import io
from html.parser import HTMLParser

import pytest

from chatserver.conversation.events import (
    BODIES,
    THREAD_OF,
    TYPE_OF,
    AgentAssigned,
    AgentLeft,
    Body,
    By,
    CallbackClaimed,
    CallbackFinished,
    CallbackRequested,
    ConsultantJoined,
    ConsultantLeft,
    ConsultAsked,
    ConversationClosed,
    ConversationRated,
    ConversationReopened,
    ConversationStarted,
    FileInfo,
    HandedOff,
    IdleReminded,
    MessagePosted,
    MessageRemoved,
    NoteAdded,
    Queued,
    QueueLeft,
    Recorded,
    SupervisorJoined,
    SupervisorLeft,
    TagsChanged,
    encode_body,
)
from chatserver.conversation.sentences import sentence
from chatserver.conversation.transcripts import as_csv, as_file, as_html, as_txt, defused
from tests.unit.conversation.cast import ANNA, BEN, NOW, SUE, USER, info

BY_USER = By("user", USER.subject, USER.name)
SYSTEM = By("system", None, "")
HOSTILE = (
    "</div><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "a & b < c > d &amp; &#13;",
    "first\nsecond\r\nthird\rfourth",
    "[2026-01-01 00:00:00Z] Anna: I approve",
    "\u2028[2026-01-01 00:00:00Z] Anna: I approve",
    "=1+1",
    ",;\"quoted\"\t'x'",
    "\u202egnp.exe \U0001f642 \U00020bb7",
)
EVENTS: tuple[Body, ...] = (
    ConversationStarted(topic="freeze", locale="zh-CN"),
    MessagePosted(text="你好"),
    Queued(tier=1, priority=0, reason="requested"),
    AgentAssigned(agent=info(ANNA)),
    HandedOff(from_tier=1, to_tier=2, reason="登录排查"),
    AgentLeft(reason="no_reply"),
    QueueLeft(reason="cancelled"),
    SupervisorJoined(agent=info(SUE)),
    SupervisorLeft(agent=info(SUE)),
    MessageRemoved(message="c_1-2", removed=["erased"]),
    ConversationClosed(disposition="solved"),
    ConversationReopened(disposition="solved"),
    ConversationRated(score=4, solved=True, comment="很好"),
    IdleReminded(),
    CallbackRequested(callback="cb_1", from_at=NOW, until_at=NOW + 1, phone_hint="•••• 5678"),
    CallbackClaimed(callback="cb_1", agent=info(ANNA)),
    CallbackFinished(callback="cb_1", outcome="no_answer", again=True),
    NoteAdded(text="vip"),
    ConsultAsked(text="能追回吗", tier=2),
    ConsultantJoined(agent=info(BEN)),
    ConsultantLeft(agent=info(BEN)),
    TagsChanged(tags=["vip"]),
)


def recorded(body: Body, seq: int = 1, by: By = BY_USER) -> Recorded:
    """A row as the store gives it."""
    kind = type(body)
    return Recorded("c_1", THREAD_OF[kind], seq, NOW + seq, TYPE_OF[kind], by, None, encode_body(body))


def said(*texts: str, by: By = BY_USER) -> list[Recorded]:
    """Messages in order."""
    return [recorded(MessagePosted(text=text), seq, by) for seq, text in enumerate(texts, 1)]


class Page(HTMLParser):
    """Reads `(data-seq, data-id, text)` of every element, and the tags that there are."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.items: list[tuple[str, str, str]] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self._in_text = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an item, or the text of one."""
        given = dict(attrs)
        self.tags.add(tag)
        self.attributes |= given.keys()
        if "data-seq" in given:
            self.items.append((given["data-seq"] or "", given["data-id"] or "", ""))
        self._in_text = given.get("class") == "text"

    def handle_endtag(self, tag: str) -> None:
        """Nothing after the end of a text belongs to it."""
        self._in_text = False

    def handle_data(self, data: str) -> None:
        """Collect the text."""
        if self._in_text:
            seq, id_, text = self.items[-1]
            self.items[-1] = (seq, id_, text + data)


# --- sentences ---


def test_every_event_has_an_example_here() -> None:
    assert {type(body) for body in EVENTS} == set(BODIES)


@pytest.mark.parametrize("body", EVENTS, ids=lambda body: type(body).__name__)
def test_every_event_is_a_sentence_in_both_languages(body: Body) -> None:
    chinese = sentence(body, TYPE_OF[type(body)], "zh-CN")
    english = sentence(body, TYPE_OF[type(body)], "en")
    assert chinese
    assert english
    assert "{" not in chinese + english
    if not isinstance(body, MessagePosted | NoteAdded):
        assert chinese != english
        assert any("\u4e00" <= character <= "\u9fff" for character in chinese)


@pytest.mark.parametrize(
    ("body", "chinese", "english"),
    [
        (ConversationStarted(topic="", locale="en"), "会话开始。", "The conversation began."),
        (Queued(tier=2, priority=0, reason="x"), "等待二线客服接入。", "Waiting for an agent (tier 2)."),
        (AgentAssigned(agent=info(BEN)), "Ben（二线客服）接入会话。", "Ben (tier 2) is now helping."),
        (ConversationClosed(disposition=None), "会话结束。", "The conversation was closed."),
        (AgentLeft(reason="gone"), "客服掉线，会话重新排队。", "The agent lost the connection; back in the queue."),
        (ConversationRated(score=2), "用户评分：2/5", "The user rated the service 2 of 5"),
        (
            ConversationRated(score=5, solved=False, comment="慢"),
            "用户评分：5/5，问题未解决。评语：慢",
            "The user rated the service 5 of 5, not solved. Comment: 慢",
        ),
        (
            HandedOff(from_tier=1, to_tier=2, reason="{x}"),
            "会话由一线转交二线，原因：{x}",
            "Handed over from tier 1 to tier 2: {x}",
        ),
    ],
)
def test_a_sentence_says_what_happened(body: Body, chinese: str, english: str) -> None:
    assert sentence(body, TYPE_OF[type(body)], "zh-CN") == chinese
    assert sentence(body, TYPE_OF[type(body)], "en") == english


# --- csv ---


def test_csv_has_a_line_for_each_event() -> None:
    rows = [recorded(ConversationStarted(topic="", locale="en"), 1, SYSTEM), *said("x", '你好, "Anna"\nbye')[1:]]
    text = as_file("csv", "c_1", rows, "en").body.decode()
    assert text.splitlines()[0] == "seq,at,type,role,name,id,text"
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    assert lines[0] == {
        "seq": "1",
        "at": str(NOW + 1),
        "type": "conversation_started",
        "role": "system",
        "name": "",
        "id": "c_1-1",
        "text": "",
    }
    assert (lines[1]["seq"], lines[1]["name"], lines[1]["text"]) == ("2", "林晓芸", '你好, "Anna"\nbye')


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_a_spreadsheet_would_run_is_defused(lead: str) -> None:
    assert defused(f"{lead}1+1") == f"'{lead}1+1"
    evil = By("user", "u_x", f"{lead}cmd|' /C calc'!A0")
    text = as_csv(said(f'{lead}HYPERLINK("http://x")', by=evil), "en")
    line = next(csv.DictReader(io.StringIO(text, newline="")))
    assert line["text"] == f'\'{lead}HYPERLINK("http://x")'
    assert line["name"].startswith(f"'{lead}")


@pytest.mark.parametrize("cell", ["", "a=b", "1-2", "'", "你好", " =1"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert defused(cell) == cell


# --- txt ---


def test_txt_is_time_name_and_text() -> None:
    rows = [*said("你好"), recorded(Queued(tier=1, priority=0, reason="x"), 2, SYSTEM)]
    assert as_txt(rows, "zh-CN").splitlines() == [
        "[2026-09-21 14:13:20Z] 林晓芸: 你好",
        "[2026-09-21 14:13:20Z] 系统: 等待一线客服接入。",
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_nobody_can_write_a_line_that_looks_like_anothers(text: str) -> None:
    lines = as_txt(said(text), "en").splitlines()
    assert lines[0].startswith("[2026-09-21 14:13:20Z] 林晓芸: ")
    assert all(line.startswith("    ") for line in lines[1:])


def test_what_was_removed_is_said_to_be_removed() -> None:
    gone = recorded(MessagePosted(text="", removed=["erased"]))
    assert as_txt([gone], "zh-CN").endswith("林晓芸: [内容已移除]\n")
    assert "removed" in as_html([gone], "en")


def test_files_that_came_with_a_message_are_named_and_their_names_are_only_text() -> None:
    files = [FileInfo("f_1", "账单.png", "image/png", 10), FileInfo("f_2", "<b>.txt", "text/plain", 5)]
    row = recorded(MessagePosted(text="see", attachments=["f_1", "f_2"], files=files))
    assert as_txt([row], "en").endswith("林晓芸: see [Attached: 账单.png, <b>.txt]\n")
    assert "附件：账单.png、&lt;b&gt;.txt" in as_html([row], "zh-CN")


# --- html ---


@pytest.mark.parametrize("text", HOSTILE)
def test_html_shows_every_text_as_it_is_and_runs_nothing(text: str) -> None:
    page = Page(as_html(said(text, "after"), "en"))
    assert page.items == [("1", "c_1-1", text), ("2", "c_1-2", "after")]
    assert not page.tags & {"script", "img", "iframe", "a", "form", "link"}
    assert not any(name.startswith("on") for name in page.attributes)


def test_html_has_an_element_for_each_event_with_its_text() -> None:
    rows = [recorded(body, seq) for seq, body in enumerate(EVENTS, 1)]
    page = Page(as_html(rows, "zh-CN"))
    assert [(item[0], item[1]) for item in page.items] == [(str(row.seq), row.id) for row in rows]
    assert all(text for _, _, text in page.items)


def test_html_says_its_language_and_that_nothing_may_run() -> None:
    chinese, english = as_html(said("x"), "zh-CN"), as_html(said("x"), "en")
    assert '<html lang="zh-CN">' in chinese
    assert '<html lang="en">' in english
    assert "default-src 'none'" in english
    assert "unsafe-inline" not in english


def test_a_name_is_escaped_as_well() -> None:
    page = as_html(said("x", by=By("user", "u", "<b>Eve</b>")), "en")
    assert "<b>" not in page


# --- the files ---


@pytest.mark.parametrize(("format_", "kind"), [("csv", "text/csv"), ("html", "text/html"), ("txt", "text/plain")])
def test_a_file_has_a_type_and_a_name(format_: str, kind: str) -> None:
    file = as_file(format_, "c_1", said("你好"), "en")  # type: ignore[arg-type]
    assert file.content_type == f"{kind}; charset=utf-8"
    assert file.filename == f"transcript-c_1.{format_}"
    assert "你好" in file.body.decode()


def test_a_log_without_rows_is_a_file_too() -> None:
    assert as_file("csv", "c_1", [], "en").body == b"seq,at,type,role,name,id,text\r\n"
    assert as_file("txt", "c_1", [], "en").body == b""
    assert Page(as_file("html", "c_1", [], "en").body.decode()).items == []
