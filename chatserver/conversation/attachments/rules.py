"""What a file is, what it may be called, and how many there may be. Pure: looks at bytes and names, never at claims."""

import re
import unicodedata
from typing import Final

from chatserver.core.errors import ChatError, invalid

MOST_BYTES: Final = 10_000_000
"""10 MB: any picture of a phone, any statement."""

MOST_TEXT_BYTES: Final = 1_000_000
"""A log is searched for secrets; its last megabyte is what matters."""

MOST_IN_A_CONVERSATION: Final = 200
MOST_UNSENT: Final = 10
MOST_AN_HOUR: Final = 60
"""Files of one sender: in a conversation, not sent yet, and within an hour."""

PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
PDF: Final = "application/pdf"
TEXT: Final = "text/plain"

EXTENSIONS: Final[dict[str, tuple[str, ...]]] = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    PDF: (".pdf",),
    TEXT: (".txt", ".log", ".csv", ".json", ".har"),
}
"""The types that are kept, with the endings that a name of theirs may have; the first one is added where none fits."""

NAME_LENGTH: Final = 100

_HEIF_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif")
_MARKUP: Final = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype|\?xml|html|svg|script|head|body|iframe|math)", re.IGNORECASE | re.DOTALL
)
_PDF_ACTIONS: Final = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
_HIDDEN: Final = re.compile("[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_FORBIDDEN: Final = re.compile(r'[/\\:*?"<>|%]')
_DEVICES: Final = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?\Z")


def type_of(data: bytes) -> str:
    """The content type that the bytes have, whatever name or type came with them. Raises `invalid`."""
    if not data:
        raise invalid("file", "The file is empty.")
    for begin, kind in _SIGNATURES.items():
        if data.startswith(begin):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        raise invalid("file", "This picture is HEIC. Send it as JPEG, or send a screenshot of it.")
    if text_of(data) is not None:
        return TEXT
    raise _unknown()


_SIGNATURES: Final = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"%PDF-": PDF,
}


def _unknown() -> ChatError:
    return invalid("file", "Only pictures (JPEG, PNG, WebP, GIF), PDF and plain text can be sent.")


def text_of(data: bytes) -> str | None:
    """The text of a plain-text file, None when it is something else; raises `invalid` for pages of markup."""
    for encoding in ("utf-16",) if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _is_plain(text):
            return None
        if _MARKUP.match(text[:4_000]):
            raise invalid("file", "Web pages and drawings in text form cannot be sent. Send a screenshot.")
        return text
    return None


def _is_plain(text: str) -> bool:
    """Whether people wrote it or a program for people: next to no control characters, and no NUL."""
    strange = sum(1 for one in text[:100_000] if one < " " and one not in "\t\r\n\f\x1b")
    return "\x00" not in text and strange * 1_000 <= min(len(text), 100_000)


def check_pdf(data: bytes) -> None:
    """Raise `invalid` for a PDF that would do something when it is opened."""
    if _PDF_ACTIONS.search(data):
        raise invalid("file", "This PDF holds a program or another file. Print it to a new PDF and send that.")


def check_size(size: int, kind: str) -> None:
    """Raise `too_large` for a text that is longer than can be searched for secrets."""
    if kind == TEXT and size > MOST_TEXT_BYTES:
        raise ChatError("too_large", "A text file may have 1 MB. Cut out the part that matters.", field="file")


def clean_name(name: str, kind: str) -> str:
    """A name that is safe to show and to save: one line, no path, no hidden character, an ending that is true."""
    plain = _HIDDEN.sub("", unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode()))
    last = re.split(r"[/\\]", plain)[-1]
    bare = " ".join(_FORBIDDEN.sub("_", last).split()).strip(". ")
    if not bare:
        bare = "picture" if kind in PICTURES else "file"
    if _DEVICES.match(bare):
        bare = f"_{bare}"
    endings = EXTENSIONS[kind]
    own = next((one for one in endings if bare.lower().endswith(one)), None)
    stem, ending = (bare[: -len(own)], own) if own and len(bare) > len(own) else (bare, endings[0])
    return stem[: NAME_LENGTH - len(ending)].rstrip(". ") + ending


def check_room(in_conversation: int, unsent: int, within_hour: int) -> None:
    """Raise `rate_limited` when a sender has sent, or has begun to send, too many files."""
    if unsent >= MOST_UNSENT:
        wait = "Send the files that you have chosen first."
    elif in_conversation >= MOST_IN_A_CONVERSATION or within_hour >= MOST_AN_HOUR:
        wait = "That is too many files. Wait a while before you send more."
    else:
        return
    raise ChatError("rate_limited", wait, field="file", retry_after_ms=60_000)
