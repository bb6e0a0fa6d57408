"""What travels to and from the ways to the outside."""

from typing import Annotated

from msgspec import Meta, Struct

EmailAddress = Annotated[
    str, Meta(min_length=3, max_length=254, description="One e-mail address.", examples=["lin@example.com"])
]


class MailTranscript(Struct, frozen=True, forbid_unknown_fields=True):
    """Where to send what was said."""

    email: EmailAddress


class Mailed(Struct, frozen=True):
    """The mail is on its way; `id` is part of its Message-ID. The same again while it waits is the same mail."""

    id: str


class TranscriptParcel(Struct, frozen=True):
    """The payload of a transcript in the outbox: which conversation, up to which event, to whom."""

    conversation: str
    until: int
    email: str
