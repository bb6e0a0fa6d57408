"""One conversation of a run, from the user's first word to the comparison with what was kept."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, TypeVar

import aiohttp
import msgspec
from msgspec import UNSET, Struct

from chatserver.client import Chat, ChatError, Client, Event, Rest
from chatserver.conversation.messages import Posted, StartConversation, Sync, SyncPage
from chatserver.loadtest.case import USER, Case
from chatserver.loadtest.check import Page, Sent, check
from chatserver.loadtest.crew import Board, Colleague, Crew
from chatserver.loadtest.dialogues import Ask, Dialogue, HandOff, Say, Start, Step, steps_of
from chatserver.loadtest.options import Options
from chatserver.loadtest.tally import Kind, Tally

DELIVERY_S: Final = 35.0
"""Heads are told every 15 s, so what a lost hint hid is there after two rounds, or it is an error."""

STALLED_S: Final = 60.0
"""A wait for an agent is given up when nothing at all has happened for so long: a full house still moves."""

PATIENT_TRIES: Final = 20
"""A rate limit of the server slows a run down; it does not fail it."""

UNDECIDED: Final = frozenset({"retry", "storage"})
"""Refusals after which the message may be in the log all the same."""

REFUSED_TEXT: Final = frozenset({"forbidden", "invalid", "too_large"})
"""Refusals of one text, after which the dialogue goes on."""

T = TypeVar("T")


class Stage(Struct, frozen=True):
    """What all conversations of a run share."""

    options: Options
    board: Board
    crew: Crew
    tally: Tally
    http: aiohttp.ClientSession


class Failed(Exception):
    """The conversation cannot go on; the text is a stable name for the count."""


class Player:
    """Plays one dialogue; `number` makes its user unlike all others."""

    def __init__(self, stage: Stage, dialogue: Dialogue, number: str) -> None:
        self._stage = stage
        self._dialogue = dialogue
        self._auth = stage.options.user_auth(number, dialogue.user.name, dialogue.locale)
        self._sent: list[Sent] = []
        self._said_at = 0.0
        self._user: Client
        self._chat: Chat
        self._case: Case | None = None
        self._patience_s = max(STALLED_S, 1.5 * dialogue.longest_pause_s / stage.options.asked.speed)

    async def play(self) -> None:
        """Play it to the end and check it; whatever goes wrong is counted, not raised."""
        tally, url = self._stage.tally, self._stage.options.asked.url
        tally.started += 1
        began = time.perf_counter()
        try:
            client = Client.connect(url, auth=self._auth, on_event=self._on_event, http=self._stage.http)
            async with client as user:
                tally.took("connect", time.perf_counter() - began)
                self._user = user
                try:
                    await self._perform()
                finally:
                    await self._clean_up()
            tally.completed += 1
        except ChatError as refusal:
            tally.failed(f"{refusal.code}: {refusal.message}")
        except (Failed, OSError) as failure:
            tally.failed(str(failure) or type(failure).__name__)

    def _on_event(self, event: Event) -> None:
        self._stage.board.saw(USER, event)

    async def _perform(self) -> None:
        for step in steps_of(self._dialogue):
            await self._do(step)
        await self._end()
        await self._verify()

    async def _do(self, step: Step) -> None:
        match step:
            case Start():
                await self._start(step)
            case Ask():
                asked_at = time.perf_counter()
                await patiently(lambda: self._chat.request_agent("dialogue"))
                await self._assigned("assigned", asked_at)
            case HandOff(to_tier):
                await self._hand_off(to_tier)
            case Say(speaker, text, delay_s):
                due = self._said_at + delay_s / self._stage.options.asked.speed
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                await (self._user_says(text) if speaker == "user" else self._agent_says(text))

    # --- the user ---

    async def _start(self, step: Start) -> None:
        key, text, now = self._user.new_key(), step.text, time.perf_counter()
        body = StartConversation(
            key=key, topic=self._dialogue.topic or UNSET, text=text or UNSET, want_agent=step.want_agent
        )
        started = await patiently(lambda: self._user.command(body))
        self._said_at = now
        self._chat = self._user.conversation(started.conversation.id)
        case = self._case = self._stage.board.case(started.conversation.id)
        if text is not None:
            first = Sent("user", text, now)
            self._sent.append(first)
            self._stage.tally.messages += 1
            if not await case.until(lambda: self._find(key, first), DELIVERY_S):
                self._stage.tally.failed("the first message was not delivered to its sender")
        if step.want_agent:
            await self._assigned("assigned", now)

    def _find(self, key: str, sent: Sent) -> bool:
        """The acknowledgement of a start does not tell where its text stands: the event with the key does."""
        for event in self._chat.events:
            if event.key == key:
                sent.id, sent.seq = event.id, event.seq
                return True
        return False

    async def _user_says(self, text: str) -> None:
        sent = await self._say("user", text, self._chat.send)
        owner = self._case_here.owner
        if sent is not None and owner is not None and self._stage.crew.get(owner.id):
            await self._delivered(owner.id, sent)

    # --- the agents ---

    async def _agent_says(self, text: str) -> None:
        """Whoever serves now says it; when the assignment is lost meanwhile, the next one does."""
        while True:
            colleague = await self._owner()
            try:
                chat = colleague.client.conversation(self._case_here.id)
                sent = await self._say("agent", text, chat.send)
            except ChatError as refusal:
                if refusal.code != "not_assigned":
                    raise
                self._stage.tally.failed("not_assigned: the assignment was lost before the agent wrote")
                await self._wait(partial(self._assigned_after, self._case_here.assigned_seq), "another agent")
            else:
                if sent is not None:
                    await self._delivered(USER, sent)
                return

    def _assigned_after(self, seq: int) -> bool:
        return self._case_here.assigned_seq > seq

    async def _owner(self) -> Colleague:
        case = self._case_here
        await self._wait(lambda: case.owner is not None, "an agent")
        assert case.owner is not None
        colleague = self._stage.crew.get(case.owner.id)
        if colleague is None:
            raise Failed("an agent who is not of this run got the conversation")
        return colleague

    async def _hand_off(self, to_tier: int) -> None:
        case, colleague = self._case_here, await self._owner()
        done, now = case.handoffs, time.perf_counter()
        note = self._sent[-1].text if self._sent else self._dialogue.id
        chat = colleague.client.conversation(case.id)
        reason = "需要二级客服处理" if self._dialogue.locale == "zh-CN" else "Needs second-line support"
        await patiently(lambda: chat.hand_off(2 if to_tier == 2 else 1, reason, note))
        self._stage.tally.escalations.made += 1
        await self._wait(lambda: case.handoffs > done, "the handoff")
        taker = await self._assigned("escalated", now)
        self._stage.tally.escalations.taken += 1
        page = [event.as_dict() for event in taker.client.conversation(case.id).events]
        if check(self._sent, [page]).clean:
            self._stage.tally.escalations.whole_history += 1

    async def _assigned(self, kind: Kind, asked_at: float) -> Colleague:
        """Wait until both sides know who serves; the agent reads everything from the beginning."""
        colleague, case = await self._owner(), self._case_here
        seq = case.assigned_seq
        for side in (USER, colleague.id):
            if not await case.until(partial(case.has_seen, side, seq), DELIVERY_S):
                raise Failed("agent_assigned was not delivered")
        self._stage.tally.took(kind, max(case.seen_at[side][seq] for side in (USER, colleague.id)) - asked_at)
        await patiently(lambda: colleague.client.conversation(case.id).mark_read(seq))
        return colleague

    # --- both ---

    @property
    def _case_here(self) -> Case:
        assert self._case is not None
        return self._case

    async def _say(self, by: str, text: str, send: Callable[[str], Awaitable[Posted]]) -> Sent | None:
        """Send a message; None when the server refuses it for what is in it. Raises `ChatError`."""
        sent = Sent(by, text, 0.0)

        async def attempt() -> Posted:
            sent.at = time.perf_counter()
            return await send(text)

        self._sent.append(sent)
        try:
            posted = await patiently(attempt)
        except ChatError as refusal:
            if refusal.code not in UNDECIDED:
                self._sent.remove(sent)
            if refusal.code not in REFUSED_TEXT:
                raise
            self._stage.tally.failed(f"{refusal.code}: {refusal.message}")
            return None
        finally:
            self._said_at = time.perf_counter()
        self._stage.tally.took("ack", self._said_at - sent.at)
        self._stage.tally.messages += 1
        sent.id, sent.seq = posted.id, posted.seq
        return sent

    async def _delivered(self, side: str, sent: Sent) -> None:
        case, seq = self._case_here, sent.seq or 0
        if await case.until(lambda: case.has_seen(side, seq), DELIVERY_S):
            self._stage.tally.took("delivery", case.seen_at[side][seq] - sent.at)
        else:
            self._stage.tally.failed("a message was not delivered")

    async def _wait(self, fact: Callable[[], bool], what: str) -> None:
        """Wait for something that may take as long as the run makes any progress."""
        board = self._stage.board
        while not await self._case_here.until(fact, self._patience_s):
            if time.perf_counter() - board.moved_at > self._patience_s:
                raise Failed(f"waited in vain for {what}")

    # --- the end ---

    async def _end(self) -> None:
        """The agent closes, the user rates; without an agent the user closes."""
        owner = self._case_here.owner
        colleague = self._stage.crew.get(owner.id) if owner else None
        closer = colleague.client.conversation(self._case_here.id) if colleague else self._chat
        await patiently(lambda: closer.close("solved"))
        case = self._case_here
        if not await case.until(lambda: case.has_seen(USER, case.closed_seq), DELIVERY_S):
            raise Failed("conversation_closed was not delivered")
        await patiently(lambda: self._chat.rate(5, solved=True))

    async def _verify(self) -> None:
        """Every side reads the conversation again, from the beginning, three ways."""
        case, tally = self._case_here, self._stage.tally
        took_part = [colleague for side in case.seen_at if (colleague := self._stage.crew.get(side)) is not None]
        clients = [self._user, *(colleague.client for colleague in took_part)]
        stored = [await read_all(client, case.id) for client in clients]
        rest = Rest(self._stage.http, self._stage.options.asked.url, await self._user.authorization())
        stored.append(await patiently(lambda: rest.transcript(case.id)))
        logs = [client.conversation(case.id).log.public for client in clients]
        live = [[event.as_dict() for event in log.events] for log in logs]
        tally.findings.add(check(self._sent, stored, live))
        tally.redelivered += sum(log.repeated for log in logs)
        tally.healed += sum(log.gaps for log in logs)
        tally.reconnects += self._user.connects - 1

    async def _clean_up(self) -> None:
        """Leave nothing open that holds an agent's slot, and forget what was seen."""
        if self._case is None:
            return
        if not self._case.closed_seq:
            try:
                await self._chat.close()
            except (ChatError, ConnectionError) as failure:
                self._stage.tally.failed(f"could not be closed: {failure}")
        for colleague in self._stage.crew.members:
            colleague.client.forget(self._case.id)
        self._stage.board.forget(self._case.id)


async def read_all(client: Client, conversation: str) -> Page:
    """The public thread as `sync` gives it, page by page, past everything that the client knows. Raises `ChatError`."""
    events: Page = []
    while True:
        body = Sync(conversation=conversation, after=len(events))
        page: SyncPage = await patiently(partial(_page, client, body))
        events += [msgspec.json.decode(raw) for raw in page.events]
        if not page.more or not page.events:
            return events


async def _page(client: Client, body: Sync) -> SyncPage:
    return await client.command(body)


async def patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask again after every rate limit, for a while. Raises `ChatError`."""
    for _ in range(PATIENT_TRIES):
        try:
            return await ask()
        except ChatError as refusal:
            if refusal.code != "rate_limited":
                raise
            await asyncio.sleep((refusal.retry_after_ms or 0) / 1000)
    return await ask()
