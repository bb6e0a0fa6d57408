"""What our mails say, in Chinese or English, as text and as a page."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from chatserver.channels.smtp import Post
from chatserver.conversation.events import Recorded
from chatserver.conversation.sentences import CHINESE, language_of
from chatserver.conversation.transcripts import as_html, as_txt
from chatserver.core.outbox import Parcel

_SUBJECT: Final = {CHINESE: "您的客服会话记录", "en": "The record of your support conversation"}
_INTRODUCTION: Final = {
    CHINESE: (
        "您好，以下是您要求发送的客服会话记录，时间均为 UTC。",
        "客服绝不会向您索要助记词、私钥、密码或验证码。请勿回复此邮件。",
        "如果这不是您要求发送的，请忽略本邮件。",
    ),
    "en": (
        "This is the record of the support conversation that you asked for. All times are UTC.",
        "Support never asks for your recovery phrase, private key, password or codes. Please do not reply.",
        "If you did not ask for it, please ignore this mail.",
    ),
}
_SHORTENED: Final = {
    CHINESE: "会话较长，仅包含最近的 {count} 条；完整记录请在应用内下载。",
    "en": "It is long: these are the last {count} entries. The whole record can be saved in the app.",
}


def transcript_mail(post: Post, parcel: Parcel, email: str, rows: Sequence[Recorded], locale: str) -> EmailMessage:
    """A transcript for one receiver.

    Headers hold nothing that anybody wrote; the Message-ID follows from the parcel's id, so that a mail that was sent
    twice is one mail to every program that reads it.
    """
    language = language_of(locale)
    message = EmailMessage(policy=SMTP)
    message["From"] = post.sender
    message["To"] = email
    message["Subject"] = _SUBJECT[language]
    message["Message-ID"] = f"<{parcel.id}@{post.domain}>"
    message["Date"] = format_datetime(datetime.fromtimestamp(parcel.created_at / 1_000, UTC))
    message["Auto-Submitted"] = "auto-generated"
    lines = [*_INTRODUCTION[language]]
    if rows and rows[0].seq > 1:
        lines.append(_SHORTENED[language].format(count=len(rows)))
    message.set_content("\n".join(lines) + "\n\n" + as_txt(rows, locale))
    message.add_alternative(as_html(rows, locale, introduction=lines), subtype="html")
    message["Content-Language"] = language  # last: setting the content takes such headers away
    return message
