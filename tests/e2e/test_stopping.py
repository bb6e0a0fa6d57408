"""Stopping: nothing runs on behind a product that has stopped."""

import asyncio
import uuid
from pathlib import Path
from typing import Any

import msgspec
from redis.asyncio import Redis

from chatserver.app import App, build
from chatserver.core.session import Session
from chatserver.settings import Settings

PAUSE_MS = 500
"""Redis holds everybody up this long, so that the follow-up cannot have ended by chance."""


async def run(app: App, session: Session, command: str, **body: Any) -> Any:
    return await app.registry.run(session, command, msgspec.json.encode(body))


async def test_what_follows_from_the_last_commit_ends_before_its_links_are_closed(
    tmp_path: Path, redis_url: str
) -> None:
    async with Redis.from_url(redis_url) as redis:
        await redis.ping()
        links, tasks = len(await redis.client_list()), asyncio.all_tasks()
        async with build(Settings(data_dir=tmp_path, redis_url=redis_url, desk=uuid.uuid4().hex)) as app:
            visitor = (await app.sign_in.gate.admit({"as": "user"})).session
            started = await run(app, visitor, "start_conversation", key="k", want_agent=True)
            await redis.client_pause(PAUSE_MS)
            await run(app, visitor, "close_conversation", conversation=started.conversation.id)
        assert asyncio.all_tasks() == tasks
        async with asyncio.timeout(10):
            while len(await redis.client_list()) > links:
                continue
