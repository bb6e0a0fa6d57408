"""Where files are kept: the same on a folder and in a bucket."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatserver.core.errors import ChatError
from chatserver.infra.files.keeping import FilesUrlError, KeptFiles, open_files

KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


@pytest.fixture(scope="session")
def bucket() -> Iterator[str]:
    """The URL of an empty bucket of a server that speaks S3."""
    from moto.server import ThreadedMotoServer

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    os.environ.update(KEYS)
    try:
        import boto3

        endpoint = f"http://127.0.0.1:{port}"
        boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket="files")
        yield f"s3://files/kept?endpoint={endpoint}"
    finally:
        server.stop()
        for name in KEYS:
            os.environ.pop(name, None)


@pytest.fixture(params=["folder", "bucket"])
def files(request: Any, tmp_path: Path) -> KeptFiles:
    """An empty store."""
    url = request.getfixturevalue("bucket") if request.param == "bucket" else ""
    return open_files(url, tmp_path / "attachments")


async def test_what_was_put_is_got_back_until_it_is_deleted(files: KeptFiles) -> None:
    assert await files.get("f_1") is None
    await files.put("f_1", b"\x00bytes")
    await files.put("f_2", b"")
    assert await files.get("f_1") == b"\x00bytes"
    assert await files.get("f_2") == b""
    await files.delete("f_1")
    await files.delete("f_1")
    assert await files.get("f_1") is None
    assert await files.get("f_2") == b""
    await files.delete("f_2")


async def test_a_store_that_is_away_is_a_refusal_that_may_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "attachments").mkdir()
    files = open_files("", tmp_path / "attachments")
    (tmp_path / "attachments").rmdir()
    (tmp_path / "attachments").write_text("a file where the folder was")
    with pytest.raises(ChatError, match="storage"):
        await files.put("f_1", b"x")


@pytest.mark.parametrize("url", ["ftp://x/y", "s3://", "s3://b?acl=public", "nonsense"])
def test_a_place_that_cannot_be_is_named(url: str, tmp_path: Path) -> None:
    with pytest.raises(FilesUrlError):
        open_files(url, tmp_path)
