"""What a file is by its content, and what it may be called."""

import pytest

from chatserver.conversation.attachments import rules
from chatserver.core.errors import ChatError

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xd8\xff\xe0" + b"\x00" * 20, "image/jpeg"),
        (PNG, "image/png"),
        (b"GIF89a" + b"\x00" * 20, "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
        ("12:01 连接失败 code=E42\n".encode(), "text/plain"),
        ("充值失败".encode("gb18030"), "text/plain"),
        ("hello".encode("utf-16"), "text/plain"),
    ],
)
def test_a_file_is_what_its_bytes_are(data: bytes, kind: str) -> None:
    assert rules.type_of(data) == kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00\x03\x00",
        b"PK\x03\x04\x14\x00",
        b"\x7fELF\x02\x01",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"  \n<!DOCTYPE html><script>alert(1)</script>",
        b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>",
        b"<!-- a --><html>",
        b"\x00\x00\x00\x18ftypheic",
        b"plain at first\x00then not",
        b"\x1b\x01\x02\x03\x04" * 10,
    ],
)
def test_what_is_not_on_the_list_is_refused_whatever_it_is_called(data: bytes) -> None:
    with pytest.raises(ChatError, match="invalid") as refusal:
        rules.type_of(data)
    assert refusal.value.field == "file"


@pytest.mark.parametrize("action", [b"/JavaScript", b"/JS (app.alert(1))", b"/Launch", b"/EmbeddedFile", b"/XFA"])
def test_a_pdf_that_would_do_something_is_refused(action: bytes) -> None:
    rules.check_pdf(b"%PDF-1.4 1 0 obj << /Type /Catalog >>")
    with pytest.raises(ChatError, match="invalid"):
        rules.check_pdf(b"%PDF-1.4 1 0 obj << /OpenAction << /S " + action + b" >> >>")


@pytest.mark.parametrize(
    ("given", "kind", "shown"),
    [
        ("账单 十月.png", "image/png", "账单 十月.png"),
        ("IMG_1.JPG", "image/jpeg", "IMG_1.jpg"),
        ("a.png\0.html", "image/png", "a.png.html.png"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("..%2f..%2fx.pdf", "application/pdf", "_2f.._2fx.pdf"),
        ("C:\\Users\\lin\\run.exe", "image/jpeg", "run.exe.jpg"),
        ("CON", "text/plain", "_CON.txt"),
        ("nul.txt", "text/plain", "_nul.txt"),
        ("photo\u202egpj.exe", "image/jpeg", "photogpj.exe.jpg"),
        ("", "image/webp", "picture.webp"),
        (" . . ", "application/pdf", "file.pdf"),
        (".htaccess", "text/plain", "htaccess.txt"),
        ('a"b<c>.log', "text/plain", "a_b_c_.log"),
        ("\ud800x.png", "image/png", "x.png"),
        ("one\r\nSet-Cookie: x.txt", "text/plain", "oneSet-Cookie_ x.txt"),
    ],
)
def test_a_name_is_one_line_without_a_path_and_with_a_true_ending(given: str, kind: str, shown: str) -> None:
    assert rules.clean_name(given, kind) == shown


def test_a_long_name_keeps_its_ending() -> None:
    name = rules.clean_name("长" * 300 + ".pdf", "application/pdf")
    assert len(name) == rules.NAME_LENGTH
    assert name.endswith("长.pdf")


def test_whoever_sends_too_many_is_told_to_wait() -> None:
    rules.check_room(0, 0, 0)
    for counts in ((rules.MOST_IN_A_CONVERSATION, 0, 0), (0, rules.MOST_UNSENT, 0), (0, 0, rules.MOST_AN_HOUR)):
        with pytest.raises(ChatError, match="rate_limited") as refusal:
            rules.check_room(*counts)
        assert refusal.value.retry_after_ms
