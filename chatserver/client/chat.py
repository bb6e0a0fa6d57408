"""One conversation as a program uses it: its log, and the verbs of its parties."""

from typing import Any, Literal, Protocol

from msgspec import UNSET, UnsetType

from chatserver.client.events import Durable
from chatserver.client.log import ConversationLog, ThreadLog
from chatserver.conversation import messages as say
from chatserver.conversation.events import Thread
from chatserver.conversation.reducer import View
from chatserver.core.commands import Command
from chatserver.desk import messages as desk


class Voice(Protocol):
    """What a conversation needs of the client."""

    async def command(self, body: Command, deadline_s: float | None = None) -> Any:
        """Send a command and return its result."""
        ...

    async def pull(self, conversation: str, thread: Thread = "public") -> None:
        """Read a thread up to its end."""
        ...

    def new_key(self) -> str:
        """A key that nobody has used."""
        ...


class Chat:
    """The log of a conversation as far as it is known here, and the usual commands with their keys made."""

    def __init__(self, client: Voice, log: ConversationLog) -> None:
        self._client = client
        self.log = log

    @property
    def id(self) -> str:
        """The conversation's id."""
        return self.log.id

    @property
    def events(self) -> list[Durable]:
        """The public thread from its beginning, without holes."""
        return self.log.public.events

    @property
    def view(self) -> View:
        """What a screen would show."""
        return self.log.view()

    async def sync(self, thread: Thread = "public") -> ThreadLog:
        """Read a thread up to its end, and return it. Raises `ChatError`."""
        await self._client.pull(self.id, thread)
        return self.log.threads[thread]

    async def send(self, text: str, *, key: str | None = None, reply_to: str | UnsetType = UNSET) -> say.Posted:
        """Write a message. Raises `ChatError`."""
        body = say.SendMessage(conversation=self.id, key=key or self._client.new_key(), text=text, reply_to=reply_to)
        posted: say.Posted = await self._client.command(body)
        return posted

    async def note(self, text: str, *, key: str | None = None) -> say.Posted:
        """Leave a note for agents. Raises `ChatError`."""
        body = say.AddNote(conversation=self.id, key=key or self._client.new_key(), text=text)
        posted: say.Posted = await self._client.command(body)
        return posted

    async def mark_read(self, seq: int | None = None) -> None:
        """Tell that everything up to `seq`, by default everything known, was seen. Raises `ChatError`."""
        body = say.MarkRead(conversation=self.id, seq=self.log.public.last if seq is None else seq)
        await self._client.command(body)

    async def request_agent(self, reason: str | UnsetType = UNSET) -> desk.QueueState:
        """Ask for a person. Raises `ChatError`."""
        state: desk.QueueState = await self._client.command(desk.RequestAgent(conversation=self.id, reason=reason))
        return state

    async def hand_off(self, to_tier: Literal[1, 2], reason: str, note: str | UnsetType = UNSET) -> desk.HandOffResult:
        """Give it to the other tier. Raises `ChatError`."""
        body = desk.HandOff(conversation=self.id, to_tier=to_tier, reason=reason, note=note)
        result: desk.HandOffResult = await self._client.command(body)
        return result

    async def close(self, disposition: str | UnsetType = UNSET) -> None:
        """End it. Raises `ChatError`."""
        await self._client.command(say.CloseConversation(conversation=self.id, disposition=disposition))

    async def rate(self, score: int, *, solved: bool | UnsetType = UNSET) -> None:
        """Judge the service after it was closed. Raises `ChatError`."""
        await self._client.command(say.RateConversation(conversation=self.id, score=score, solved=solved))
