"""The main job through the stock JavaScript client, with no code of ours on its side."""

import asyncio
import os
from pathlib import Path

from tests.serving import Served

SCRIPT = Path(__file__).with_name("stock_client.mjs")
CLIENT_FROM = Path(__file__).parent.parent.parent / "web_widget" / "shared" / "package.json"


async def test_the_stock_javascript_client_does_the_main_job(served: Served) -> None:
    await served.account("zhou")
    await served.account("chen", tier=2)
    tokens = [served.user_token("lin"), served.agent_token("zhou"), served.agent_token("chen")]
    node = await asyncio.create_subprocess_exec(
        "node",
        str(SCRIPT),
        served.address,
        *tokens,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "CLIENT_FROM": str(CLIENT_FROM)},
    )
    async with asyncio.timeout(60):
        out, err = await node.communicate()
    assert (out.decode(), node.returncode) == ("done\n", 0), err.decode()
