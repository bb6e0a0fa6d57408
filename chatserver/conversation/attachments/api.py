"""Attachments over HTTP: send one, look at one, fetch its bytes."""

import re
from typing import Annotated, Any, Final

from msgspec import Meta
from msgspec.structs import asdict

from chatserver.conversation.attachments.service import Attachments
from chatserver.conversation.events import FileInfo, Thread
from chatserver.core.audit import Audited
from chatserver.core.errors import not_found
from chatserver.core.routes import Query, Raw, Request, route
from chatserver.core.session import PARTIES, Role

READERS: Final = PARTIES | {Role.AUDITOR}
"""Whoever reads conversations; administrators read none."""

UPLOAD_S: Final = 120.0
"""A phone with a weak signal needs a while for 10 MB."""

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Into(Query, frozen=True):
    """For which thread a file is; `internal` is for agents."""

    thread: Thread = "public"


class Link(Query, frozen=True):
    """The signed link, as `url` gave it."""

    link: Annotated[str, Meta(min_length=1, max_length=100, description="As the `url` of the attachment gave it.")]


class Attachment(FileInfo, frozen=True, kw_only=True):
    """A file and where this person, and nobody else, fetches its bytes within a minute."""

    url: str


class AttachmentsApi:
    """Routes of attachments."""

    def __init__(self, attachments: Attachments) -> None:
        self._attachments = attachments

    @route(
        "POST",
        "/api/v1/conversations/{id}/attachments",
        result=Attachment,
        roles=PARTIES,
        query=Into,
        errors=("not_found", "closed", "not_assigned", "too_large"),
        upload=True,
        deadline_s=UPLOAD_S,
    )
    async def send(self, request: Request) -> Attachment:
        """Send a file of at most 10 MB, to be named in `attachments` of the message that follows.

        It is taken for what it is, whatever its name or type says: JPEG, PNG, WebP and GIF pictures (made anew without
        metadata, at most 40 million pixels), PDF, and plain text up to 1 MB, out of which secrets are taken. What is
        not sent with a message within a day is deleted.
        """
        thread: Thread = request.query.thread
        info, url = await self._attachments.take(request.caller, _id_of(request), thread, request.body)
        return _shown(info, url)

    @route("GET", "/api/v1/attachments/{attachment}", result=Attachment, roles=READERS, audited=Audited.ONCE)
    async def attachment(self, request: Request) -> Attachment:
        """What an attachment is, with a fresh `url`."""
        return _shown(*await self._attachments.told(request.caller, _id_of(request, "attachment")))

    @route(
        "GET",
        "/api/v1/attachments/{attachment}/content",
        result=Raw,
        roles=READERS,
        query=Link,
        audited=Audited.ONCE,
    )
    async def content(self, request: Request) -> Raw:
        """The bytes of an attachment, always as a download; the link is good for one person and one minute."""
        asked: Link = request.query
        info, data = await self._attachments.opened(request.caller, _id_of(request, "attachment"), asked.link)
        kind = f"{info.type}; charset=utf-8" if info.type == "text/plain" else info.type
        return Raw(data, kind, info.name)


def _shown(info: FileInfo, url: str) -> Attachment:
    known: dict[str, Any] = asdict(info)
    return Attachment(**known, url=url)


def _id_of(request: Request, name: str = "id") -> str:
    """The id in the path; what cannot be one is as unknown as any other."""
    given = request.path[name]
    if _ID.fullmatch(given) is None:
        raise not_found("conversation" if name == "id" else name)
    return given
