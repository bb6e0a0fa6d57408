"""The bot: an agent of tier 0. It acts only through the commands that everybody has.

It greets, offers the topics, and passes on to a person; it never stands in the way of one.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Iterable
from itertools import islice
from typing import Final

import msgspec
import structlog

from chatserver.conversation.events import MessagePosted, Recorded
from chatserver.conversation.log import Appended, Log
from chatserver.conversation.messages import SendMessage
from chatserver.conversation.states import Head
from chatserver.conversation.views import WaitingLine
from chatserver.core.commands import Registry
from chatserver.core.errors import ChatError
from chatserver.core.session import Role, Session
from chatserver.desk.messages import RequestAgent
from chatserver.knowledge.topics import Topic, read_topics

NAMES: Final = {"zh": "小助手", "en": "Assistant"}

GREETINGS: Final = {
    "zh": "您好，我是自动助手。{about}\n想找真人，随时点“找人工客服”。\n我们绝不会向您索要密码、验证码或助记词。",
    "en": "Hello, I am the automatic assistant. {about}\nTo reach a person, tap “Talk to a person” at any time.\n"
    "We never ask for your password, codes or recovery phrase.",
}
ABOUT_A_TOPIC: Final = {
    "zh": "您选择了“{title}”，请把经过告诉我：发生在什么时候，订单号和金额是多少。",
    "en": "You chose “{title}”. Tell me what happened: when it was, the order number and the amount.",
}
ABOUT_ANYTHING: Final = {"zh": "请告诉我遇到了什么问题。", "en": "Tell me what happened."}
OFTEN_ASKED: Final = {"zh": "常见问题：{titles}", "en": " People often ask about: {titles}"}
MOST_NAMED: Final = 8
"""Topics that a greeting names; the first ones are those that cannot wait."""
HINTS: Final = {
    "zh": "收到，您写的内容都会保留。这个问题由人工客服处理更稳妥：点“找人工客服”，或直接回复“人工”。",
    "en": "Thank you, everything you wrote is kept. A person can help you best with this: tap “Talk to a person”, "
    "or just reply “agent”.",
}
PASSING_ON: Final = {
    "zh": "好的，正在为您转接人工客服。排队期间可以继续留言，客服都会看到。",
    "en": "Of course. I am connecting you to a person. You can keep writing while you wait; they will see it all.",
}

AWAY: Final = {
    "zh": "客服现在不在线。点“给我们留言”，我们上线后第一时间在这里回复您，不用一直等。",
    "en": "Nobody is at the desk right now. Tap “Leave a message” and we will answer here as soon as we are back; "
    "you do not have to wait.",
}

ASKS_FOR_A_PERSON: Final = re.compile(
    r"人工|真人|客服|转接|转人|\b(agent|human|person|representative|real (one|human)|operator|live chat)\b",
    re.IGNORECASE,
)
"""Words after which nobody should have to ask twice."""

REMEMBERED: Final = 5_000
"""Sentences of which is known that they have been said; about 1 MB."""

logger = structlog.get_logger(__name__)


class Bot:
    """Speaks in conversations of status `bot`."""

    def __init__(self, registry: Registry, log: Log, line: WaitingLine) -> None:
        self._registry = registry
        self._log = log
        self._line = line
        self._tasks: set[asyncio.Task[None]] = set()
        self._said: OrderedDict[tuple[str, str], None] = OrderedDict()  # conversation and key

    def follow(self, appended: Appended) -> None:
        """A subscriber of the log: answer what was written to the bot."""
        if appended.head.status != "bot":
            return
        fresh = appended.before is None
        said = [row for row in appended.rows if row.type == "message_posted" and row.by.role == "user"]
        if fresh or said:
            task = asyncio.create_task(self._answer(appended.head, said, fresh=fresh))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, head: Head, said: list[Recorded], *, fresh: bool) -> None:
        language = "zh" if head.locale.startswith("zh") else "en"
        session = Session("bot", Role.BOT, "bot", NAMES[language], head.locale)
        try:
            if said and not await self._is_open(head):
                asks = ASKS_FOR_A_PERSON.search(_text_of(said[-1]))
                await self._say(session, head, f"bot.away.{said[-1].seq}" if asks else "bot.away", AWAY[language])
            elif said and ASKS_FOR_A_PERSON.search(_text_of(said[-1])):
                await self._say(session, head, f"bot.passing-on.{said[-1].seq}", PASSING_ON[language])
                await self._run(session, RequestAgent(conversation=head.id, reason="asked_the_bot"))
            elif fresh:
                topics = await self._log.database.read(read_topics)
                await self._say(session, head, "bot.greeting", greeting(language, head.topic, topics))
            else:
                # The same key again posts nothing: the hint comes once in a conversation.
                await self._say(session, head, "bot.hint", HINTS[language])
        except ChatError as refusal:
            # Somebody was quicker: an agent has it, or it is closed.
            logger.debug("bot_refused", code=refusal.code, conversation=head.id)

    async def _is_open(self, head: Head) -> bool:
        now = self._log.clock.now()
        return await self._log.database.read(lambda conn: self._line.is_open(conn, head.tier, head.skill, now))

    async def _say(self, session: Session, head: Head, key: str, text: str) -> None:
        if (head.id, key) in self._said:
            return  # the log would find it too, at the price of a whole command for each message to the bot
        await self._run(session, SendMessage(conversation=head.id, key=key, text=text))
        self._said[head.id, key] = None
        if len(self._said) > REMEMBERED:
            self._said.popitem(last=False)

    async def _run(self, session: Session, body: SendMessage | RequestAgent) -> None:
        name = "send_message" if isinstance(body, SendMessage) else "request_agent"
        await self._registry.run(session, name, msgspec.json.encode(body))


def greeting(language: str, topic: str, topics: Iterable[Topic]) -> str:
    """The first words: about the topic that was chosen, else with those that the desk offers, in its order."""
    titles = {one.id: one.zh if language == "zh" else one.en for one in topics if one.id != "other"}
    if topic in titles:
        about = ABOUT_A_TOPIC[language].format(title=titles[topic])
    else:
        joint = "、" if language == "zh" else " · "
        named = joint.join(islice(titles.values(), MOST_NAMED))
        about = ABOUT_ANYTHING[language] + (OFTEN_ASKED[language].format(titles=named) if named else "")
    return GREETINGS[language].format(about=about)


def _text_of(row: Recorded) -> str:
    body = row.read()
    return body.text if isinstance(body, MessagePosted) else ""
