"""One conversation as a program uses it."""

from typing import Any

from msgspec import to_builtins

from chatserver.client import Chat, ConversationLog
from chatserver.conversation.messages import Nothing
from chatserver.core.commands import Command
from tests.unit.client.test_log import event


class Listener:
    """Stands where the client stands, and keeps what it is told."""

    def __init__(self) -> None:
        self.commands: list[Any] = []
        self.pulled: list[tuple[str, str]] = []

    async def command(self, body: Command, deadline_s: float | None = None) -> Any:
        """Keep a command."""
        self.commands.append((type(body).__name__, to_builtins(body)))
        return Nothing()

    async def pull(self, conversation: str, thread: str = "public") -> None:
        """Keep a wish to read."""
        self.pulled.append((conversation, thread))

    def new_key(self) -> str:
        """Always the same."""
        return "k"


async def test_every_verb_is_one_command_with_its_key_made() -> None:
    listener = Listener()
    log = ConversationLog("c1")
    log.public.add(event(1))
    chat = Chat(listener, log)
    await chat.send("hi")
    await chat.send("hi", key="mine", reply_to="c1-1")
    await chat.note("n")
    await chat.mark_read()
    await chat.request_agent("because")
    await chat.hand_off(2, "why", "what")
    await chat.close("solved")
    await chat.rate(5, solved=True)
    here = {"conversation": "c1"}
    assert listener.commands == [
        ("SendMessage", {**here, "key": "k", "text": "hi", "attachments": []}),
        ("SendMessage", {**here, "key": "mine", "text": "hi", "attachments": [], "reply_to": "c1-1"}),
        ("AddNote", {**here, "key": "k", "text": "n", "attachments": []}),
        ("MarkRead", {**here, "seq": 1}),
        ("RequestAgent", {**here, "reason": "because"}),
        ("HandOff", {**here, "to_tier": 2, "reason": "why", "note": "what"}),
        ("CloseConversation", {**here, "disposition": "solved"}),
        ("RateConversation", {**here, "score": 5, "solved": True}),
    ]


async def test_sync_reads_a_thread_and_returns_it() -> None:
    listener = Listener()
    log = ConversationLog("c1")
    chat = Chat(listener, log)
    assert await chat.sync("internal") is log.internal
    assert listener.pulled == [("c1", "internal")]
    assert (chat.id, chat.events, chat.view.status) == ("c1", [], "bot")
