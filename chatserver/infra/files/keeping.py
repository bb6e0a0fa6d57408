"""Where files are kept: a folder of this machine, or a bucket that speaks S3. Implements `core.ports.Files`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from chatserver.core.errors import storage

if TYPE_CHECKING:
    from obstore.store import S3Config

SCHEME: Final = "s3"

ATTACHMENTS: Final = "attachments"
"""The folder of the data folder in which they are kept, unless they are in a bucket."""

log = structlog.get_logger(__name__)


class FilesUrlError(Exception):
    """The place named for files cannot be used; the message says why."""


class KeptFiles:
    """Files in one store, by their random names."""

    def __init__(self, store: Any) -> None:
        self._store = store

    async def put(self, name: str, data: bytes) -> None:
        """Keep bytes under a name."""
        try:
            await obstore.put_async(self._store, name, data)
        except (BaseError, OSError) as error:
            raise _failed("put", error) from None

    async def get(self, name: str) -> bytes | None:
        """The bytes of a name, None when there are none."""
        try:
            found = await obstore.get_async(self._store, name)
            return bytes(await found.bytes_async())
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise _failed("get", error) from None

    async def delete(self, name: str) -> None:
        """Forget a name."""
        try:
            await obstore.delete_async(self._store, name)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise _failed("delete", error) from None


def _failed(what: str, error: Exception) -> Exception:
    log.warning("files_failed", what=what, error=type(error).__name__)
    return storage()


def open_files(url: str, folder: Path) -> KeptFiles:
    """The store of a URL: empty is the folder, `s3://bucket/prefix?endpoint=…&region=…` a bucket.

    The bucket's keys come from the environment as AWS names them. Raises `FilesUrlError`.
    """
    if not url:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return KeptFiles(LocalStore(folder))
    parts = urlsplit(url)
    if parts.scheme != SCHEME or not parts.hostname:
        raise FilesUrlError(f"Files are kept in a folder or in s3://bucket, not in {parts.scheme or 'this'}://.")
    options = dict(parse_qsl(parts.query))
    if unknown := options.keys() - {"endpoint", "region"}:
        raise FilesUrlError(f"s3:// knows endpoint and region, not {min(unknown)}.")
    config: S3Config = {"region": options.get("region", "us-east-1")}
    if endpoint := options.get("endpoint"):
        config["endpoint"] = endpoint
    plain = (endpoint or "").startswith("http://")
    prefix = parts.path.strip("/") or None
    return KeptFiles(S3Store(parts.hostname, prefix=prefix, config=config, client_options={"allow_http": plain}))
