"""The other peer: python-socketio as most would write it, a commit a message through aiosqlite."""

import sys
import time
from typing import Any

import aiosqlite
import socketio
from aiohttp import web

sio = socketio.AsyncServer(async_mode="aiohttp", transports=["websocket"])
agents: list[str] = []
heads: dict[str, int] = {}
roles: dict[str, str] = {}
kept: dict[str, Any] = {}


@sio.event  # type: ignore[untyped-decorator]
async def connect(sid: str, _environ: Any, auth: dict[str, Any]) -> None:
    roles[sid] = auth["as"]
    await sio.emit("welcome", {"session": {"role": auth["as"], "subject": sid}}, to=sid)
    if auth["as"] == "agent":
        agents.append(sid)


@sio.event  # type: ignore[untyped-decorator]
async def set_presence(_sid: str, _body: Any) -> dict[str, Any]:
    return {"ok": True, "result": {}}


@sio.event  # type: ignore[untyped-decorator]
async def start_conversation(sid: str, _body: Any) -> dict[str, Any]:
    conversation = f"c_{sid}"
    agent = agents[len(heads) % len(agents)]
    heads[conversation] = 0
    await sio.enter_room(sid, conversation)
    await sio.enter_room(agent, conversation)
    await sio.emit("agent_assigned", {"conversation": conversation, "agent": {"id": agent}}, room=conversation)
    return {"ok": True, "result": {"conversation": {"id": conversation, "status": "active"}}}


@sio.event  # type: ignore[untyped-decorator]
async def send_message(sid: str, body: dict[str, Any]) -> dict[str, Any]:
    conversation, text = body["conversation"], body["text"]
    seq = heads[conversation] = heads[conversation] + 1
    at = time.time_ns() // 1_000_000
    database = kept["database"]
    await database.execute("INSERT INTO messages VALUES (?, ?, ?, ?, ?)", (conversation, seq, body["key"], at, text))
    await database.commit()
    by = {"role": roles[sid], "id": sid, "name": ""}
    event = {"id": f"{conversation}-{seq}", "conversation": conversation, "thread": "public", "seq": seq, "at": at}
    await sio.emit("message_posted", {**event, "by": by, "text": text}, room=conversation, skip_sid=sid)
    return {"ok": True, "result": {"id": event["id"], "seq": seq, "at": at, "duplicate": False}}


async def _open(_app: web.Application) -> None:
    database = kept["database"] = await aiosqlite.connect(sys.argv[2])
    await database.execute("PRAGMA journal_mode=WAL")
    await database.execute("PRAGMA synchronous=FULL")
    await database.execute(
        "CREATE TABLE messages (conversation TEXT, seq INTEGER, key TEXT, at INTEGER, text TEXT, "
        "PRIMARY KEY (conversation, seq)) WITHOUT ROWID"
    )
    print("ready", flush=True)  # noqa: T201  (whoever started this waits for the line)


def main() -> None:
    """Serve on the port of the first argument, with the file of the second."""
    app = web.Application()
    sio.attach(app)
    app.on_startup.append(_open)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)


if __name__ == "__main__":
    main()
