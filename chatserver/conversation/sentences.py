"""What happened, said in a sentence for people who read a transcript: Chinese or English."""

from typing import Any, Final

import msgspec
from msgspec import UNSET

from chatserver.conversation.events import (
    AgentAssigned,
    Body,
    CallbackClaimed,
    CallbackFinished,
    ConsultantJoined,
    ConsultantLeft,
    ConsultAsked,
    ConversationRated,
    HandedOff,
    MessagePosted,
    NoteAdded,
    Queued,
    Recorded,
    SupervisorJoined,
    SupervisorLeft,
    TagsChanged,
)

CHINESE: Final = "zh-CN"
ENGLISH: Final = "en"

_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "conversation_started": ("会话开始。", "The conversation began."),
    "conversation_started.topic": ("会话开始，主题：{topic}", "The conversation began. Topic: {topic}"),
    "queued": ("等待{tier}客服接入。", "Waiting for an agent ({tier})."),
    "agent_assigned": ("{name}（{tier}客服）接入会话。", "{name} ({tier}) is now helping."),
    "handed_off": ("会话由{before}转交{tier}，原因：{reason}", "Handed over from {before} to {tier}: {reason}"),
    "agent_left.transferred": ("客服已将会话转出。", "The agent transferred the conversation."),
    "agent_left.gone": ("客服掉线，会话重新排队。", "The agent lost the connection; back in the queue."),
    "agent_left.no_reply": ("客服未及时回复，会话重新排队。", "The agent did not reply in time; back in the queue."),
    "queue_left.cancelled": ("用户取消了排队。", "The user stopped waiting."),
    "queue_left.abandoned": ("用户离开，排队结束。", "The user went away while waiting."),
    "queue_left.solved": ("问题已解决，排队结束。", "The matter was solved while waiting."),
    "supervisor_joined": ("主管{name}加入会话。", "The supervisor {name} joined."),
    "supervisor_left": ("主管{name}离开会话。", "The supervisor {name} left."),
    "conversation_closed": ("会话结束。", "The conversation was closed."),
    "conversation_closed.disposition": (
        "会话结束，处理结果：{disposition}",
        "The conversation was closed: {disposition}",
    ),
    "conversation_reopened": ("会话重新打开。", "The conversation was reopened."),
    "conversation_rated": ("用户评分：{score}/5{more}", "The user rated the service {score} of 5{more}"),
    "agent_left.parked": ("用户暂未回复，会话先放一放。", "The user has not answered; laid aside until they write."),
    "queue_left.callback": ("用户改为预约回电，排队结束。", "The user asked to be called instead of waiting."),
    "idle_reminded": ("已提醒用户：还在吗？", "The user was asked whether they are still there."),
    "callback_requested": ("用户预约回电，号码尾号 {phone_hint}", "The user asked to be called at {phone_hint}."),
    "callback_claimed": ("客服{name}准备回电。", "{name} is going to call the user."),
    "callback_finished.reached": ("已回电，用户已接通。", "The user was called and reached."),
    "callback_finished.no_answer": ("已回电，无人接听。", "The user was called and did not answer."),
    "callback_finished.wrong_number": ("已回电，号码有误。", "The number to call was wrong."),
    "callback_finished.cancelled": ("回电预约已取消。", "The call was cancelled."),
    "consult_asked": ("向{tier}请教：{text}", "Asked {tier} for advice: {text}"),
    "consultant_joined": ("{name}（{tier}）参与内部讨论。", "{name} ({tier}) gives advice."),
    "consultant_left": ("{name}（{tier}）退出内部讨论。", "{name} ({tier}) no longer gives advice."),
    "tags_changed": ("标签：{names}", "Tags: {names}"),
    "message_removed": ("一条消息的内容已被移除。", "The text of a message was removed."),
}
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "tier.1": ("一线", "tier 1"),
    "tier.2": ("二线", "tier 2"),
    "solved.true": ("，问题已解决", ", solved"),
    "solved.false": ("，问题未解决", ", not solved"),
    "comment": ("。评语：{comment}", ". Comment: {comment}"),
    "user": ("用户", "User"),
    "agent": ("客服", "Agent"),
    "bot": ("智能客服", "Assistant"),
    "system": ("系统", "System"),
    "title": ("会话记录", "Transcript"),
    "removed": ("内容已移除", "removed"),
    "attachments": ("附件：{names}", "Attached: {names}"),
    "and": ("、", ", "),
}


def language_of(locale: str) -> str:
    """`zh-CN` for every kind of Chinese, else `en`."""
    return CHINESE if locale.lower().startswith("zh") else ENGLISH


def word(name: str, locale: str, **values: object) -> str:
    """A word of the transcript itself: a role, the title, a mark."""
    return _pick(_WORDS[name], locale).format(**values)


def author(row: Recorded, locale: str) -> str:
    """The name of who did it; the role where there is no name."""
    return row.by.name or word(row.by.role, locale)


def sentence(body: Body, type_: str, locale: str) -> str:
    """The text of a message or note as it is, or what the event means in one sentence."""
    if isinstance(body, MessagePosted | NoteAdded):
        return body.text
    values = _values(body, locale)
    # The most telling one: by its reason, by a detail that was given, or the plain one.
    details = (f"{type_}.{values.get('reason')}", *(f"{type_}.{name}" for name, value in values.items() if value))
    chosen = next((name for name in details if name in _SENTENCES), type_)
    return _pick(_SENTENCES[chosen], locale).format(**values)


def _values(body: Body, locale: str) -> dict[str, Any]:  # noqa: PLR0911  (one case an event)
    values = msgspec.structs.asdict(body)
    match body:
        case Queued(tier=tier):
            return {**values, "tier": _tier(tier, locale)}
        case HandedOff(from_tier=before, to_tier=tier):
            return {**values, "before": _tier(before, locale), "tier": _tier(tier, locale)}
        case (
            AgentAssigned(agent=agent)
            | SupervisorJoined(agent=agent)
            | SupervisorLeft(agent=agent)
            | CallbackClaimed(agent=agent)
            | ConsultantJoined(agent=agent)
            | ConsultantLeft(agent=agent)
        ):
            return {"name": agent.name, "tier": _tier(agent.tier, locale)}
        case ConsultAsked(tier=tier):
            return {**values, "tier": _tier(tier, locale)}
        case CallbackFinished(outcome=outcome):
            return {"reason": outcome}
        case TagsChanged(tags=tags):
            return {"names": word("and", locale).join(tags) or "—"}
        case ConversationRated():
            return {**values, "more": _judgement(body, locale)}
        case _:
            return values


def _judgement(rating: ConversationRated, locale: str) -> str:
    said = ""
    if rating.solved is not UNSET:
        said += word("solved.true" if rating.solved else "solved.false", locale)
    if rating.comment:
        said += word("comment", locale, comment=rating.comment)
    return said


def _tier(tier: int, locale: str) -> str:
    return word(f"tier.{tier}", locale)


def _pick(both: tuple[str, str], locale: str) -> str:
    return both[0] if language_of(locale) == CHINESE else both[1]
