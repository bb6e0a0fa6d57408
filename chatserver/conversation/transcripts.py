"""The log of a conversation as a file: json, csv, html, txt."""

import base64
import csv
import hashlib
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final, Literal

import msgspec
from msgspec import Struct

from chatserver.conversation.events import MessagePosted, NoteAdded, Recorded
from chatserver.conversation.messages import Conversation
from chatserver.conversation.sentences import author, language_of, sentence, word
from chatserver.core.routes import Raw

Format = Literal["json", "csv", "html", "txt"]

CSV_HEADER: Final = ("seq", "at", "type", "role", "name", "id", "text")

_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")
"""What makes a spreadsheet read a cell as a formula; full-width forms are taken for the plain ones."""

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}"
    "ol{list-style:none;padding:0}li{margin:.75rem 0}time,.mark{color:#59636e;font-size:.8rem}"
    ".name{font-weight:600;unicode-bidi:isolate}"
    ".text{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate}.happening .text{color:#59636e}"
)
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# The page is text and one style sheet; whatever slipped through the escaping could still do nothing.
_POLICY: Final = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"


class Transcript(Struct, frozen=True):
    """A conversation and the events of one of its threads, each as `sync` gives it.

    This is the format `json`; the others are files to save.
    """

    conversation: Conversation
    events: list[msgspec.Raw]


def as_file(format_: Format, conversation: str, rows: Sequence[Recorded], locale: str) -> Raw:
    """The rows of one thread as a csv, html or txt file, its sentences in the language of `locale`."""
    write, content_type = _FORMATS[format_]
    name = f"transcript-{conversation}.{format_}"
    return Raw(write(rows, locale).encode(), f"{content_type}; charset=utf-8", name)


def as_csv(rows: Sequence[Recorded], _locale: str) -> str:
    """One line per event; `at` in milliseconds since 1970, `text` empty where there was none."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(CSV_HEADER)
    for row in rows:
        text = defused(_text(row))
        lines.writerow((row.seq, row.at, row.type, row.by.role, defused(row.by.name), row.id, text))
    return out.getvalue()


def defused(cell: str) -> str:
    """The cell as text even for a program that runs formulas."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def as_txt(rows: Sequence[Recorded], locale: str) -> str:
    """One line `[time] name: text` per event, time in UTC.

    Further lines of a text are indented, so that nobody can write a line that looks like another's.
    """
    return "".join(f"[{_time(row.at)}] {author(row, locale)}: {_indented(_said(row, locale))}\n" for row in rows)


def as_html(rows: Sequence[Recorded], locale: str, *, introduction: Sequence[str] = ()) -> str:
    """A page that stands alone and can run nothing; one element per event, after paragraphs of ours."""
    title = word("title", locale)
    before = "".join(f"<p>{_escaped(line)}</p>\n" for line in introduction)
    items = "\n".join(_item(row, locale) for row in rows)
    return f"""<!doctype html>
<html lang="{language_of(locale)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{title}</h1>
{before}<ol>
{items}
</ol>
</body>
</html>
"""


def _item(row: Recorded, locale: str) -> str:
    body = row.read()
    kind = "message" if isinstance(body, MessagePosted | NoteAdded) else "happening"
    at = _time(row.at)
    marks = "".join(f' <span class="mark">{_escaped(mark)}</span>' for mark in _marks(row, locale))
    return (
        f'<li class="{kind} {row.by.role}" data-seq="{row.seq}" data-id="{row.id}" data-type="{row.type}">'
        f'<time datetime="{at.replace(" ", "T")}">{at}</time> '
        f'<span class="name">{_escaped(author(row, locale))}</span>'
        f'<div class="text">{_escaped(sentence(body, row.type, locale))}</div>{marks}</li>'
    )


def _marks(row: Recorded, locale: str) -> list[str]:
    """What stands beside a message: that its text is gone, or that files came with it."""
    body = row.read()
    if not isinstance(body, MessagePosted | NoteAdded):
        return []
    marks = []
    if isinstance(body, MessagePosted) and body.removed and not body.text:
        marks.append(word("removed", locale))
    if body.files:
        marks.append(word("attachments", locale, names=word("and", locale).join(file.name for file in body.files)))
    return marks


def _said(row: Recorded, locale: str) -> str:
    parts = [sentence(row.read(), row.type, locale), *(f"[{mark}]" for mark in _marks(row, locale))]
    return " ".join(filter(None, parts))


def _text(row: Recorded) -> str:
    body = row.read()
    return body.text if isinstance(body, MessagePosted | NoteAdded) else ""


def _escaped(text: str) -> str:
    # A parser of HTML would turn a bare CR into a line feed.
    return escape(text).replace("\r", "&#13;")


def _indented(text: str) -> str:
    return "\n    ".join(text.splitlines())


def _time(at: int) -> str:
    return datetime.fromtimestamp(at // 1_000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


_FORMATS: Final[dict[str, tuple[Callable[[Sequence[Recorded], str], str], str]]] = {
    "csv": (as_csv, "text/csv"),
    "html": (as_html, "text/html"),
    "txt": (as_txt, "text/plain"),
}
