"""The one file of a multipart request, read piece by piece and never beyond its bound."""

from typing import Final
from urllib.parse import unquote

from aiohttp import BodyPartReader, web

from chatserver.core.errors import ChatError, invalid
from chatserver.core.routes import SentFile

FIELD: Final = "file"
NAME_SHOWN: Final = 1_000
"""Characters of a client's file name that are looked at."""


class MultipartUpload:
    """Implements `core.routes.Upload` over a request of aiohttp."""

    def __init__(self, request: web.Request) -> None:
        self._request = request

    async def read(self, most: int) -> SentFile:
        """The part named `file`, which must be the first and only one."""
        if not self._request.content_type.startswith("multipart/"):
            raise invalid(FIELD, "Send the file as multipart/form-data, in a field named file.")
        length = self._request.content_length
        if length is not None and length > most + 10_000:  # the boundary and the part's own header
            raise _too_large(most)
        try:
            reader = await self._request.multipart()
            part = await reader.next()
            if not isinstance(part, BodyPartReader) or part.name != FIELD:
                raise invalid(FIELD, "Send one file in a field named file.")
            name = unquote((part.filename or "")[:NAME_SHOWN])  # some clients quote what is not ASCII
            data = await _read(part, most)
            if await reader.next() is not None:
                raise invalid(FIELD, "Send one file at a time.")
        except (ValueError, AssertionError, web.RequestPayloadError):
            raise invalid(FIELD, "The file did not arrive whole. Send it again.") from None
        return SentFile(name, data)


async def _read(part: BodyPartReader, most: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk():
        data += chunk
        if len(data) > most:
            raise _too_large(most)
    return bytes(data)


def _too_large(most: int) -> ChatError:
    return ChatError("too_large", f"The file is larger than {most // 1_000_000} MB.", field=FIELD)
