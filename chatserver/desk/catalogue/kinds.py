"""The kinds of items in the catalogue: one Struct each, which is stored, told and documented."""

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from chatserver.core.text import Id, Label, LongText, Reason

ShortText = Annotated[str, Meta(max_length=200)]
Shortcut = Annotated[
    str, Meta(min_length=1, max_length=32, pattern=r"^\S+\Z", description="What is typed after a slash.")
]
Clock = Annotated[str, Meta(pattern=r"^(?:[01]\d|2[0-3]):[0-5]\d\Z|^24:00\Z", description="HH:MM, 24:00 at the end.")]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}\Z", description="YYYY-MM-DD in the time zone of the hours.")]
Seconds = Annotated[int, Meta(ge=0, le=7 * 24 * 3_600, description="Seconds; 0 switches it off.")]


class Item(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of what the catalogue holds; the id stands beside it."""


class Both(Struct, frozen=True, forbid_unknown_fields=True):
    """A short text in Chinese and in English."""

    zh: ShortText
    en: ShortText


class BothLong(Struct, frozen=True, forbid_unknown_fields=True):
    """A text in Chinese and in English."""

    zh: LongText
    en: LongText


class CannedReply(Item, frozen=True):
    """A reply that agents send often.

    `{user.name}`, `{agent.name}`, `{topic}` and the answers of the intake, by their ids, are filled in.
    """

    shortcut: Shortcut
    title: Both
    text: BothLong
    topic: Label | UnsetType = UNSET


class ReplyAction(Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="reply"):
    """Send a canned reply."""

    reply: Id


class TagAction(Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="tag"):
    """Add a tag."""

    tag: Id


class NoteAction(Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="note"):
    """Leave a note."""

    text: LongText


class HandOffAction(Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="hand_off"):
    """Hand the conversation off."""

    to_tier: Annotated[int, Meta(ge=1, le=2)]
    reason: Reason


class CloseAction(Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="close"):
    """Close the conversation."""

    disposition: Label | UnsetType = UNSET


MacroAction = ReplyAction | TagAction | NoteAction | HandOffAction | CloseAction


class Macro(Item, frozen=True):
    """Several actions with one key, done in order."""

    shortcut: Shortcut
    title: Both
    actions: Annotated[list[MacroAction], Meta(min_length=1, max_length=10)]


class Tag(Item, frozen=True):
    """What a conversation can be sorted by; `colour` is a name of the design's palette."""

    name: Both
    colour: Literal["grey", "blue", "green", "amber", "red", "violet"] = "grey"


class Disposition(Item, frozen=True):
    """An outcome with which a conversation is closed."""

    name: Both


class AwayReason(Item, frozen=True):
    """Why an agent is away."""

    name: Both


class Skill(Item, frozen=True):
    """What some agents can do and some conversations need; the id stands in the accounts of agents."""

    name: Both


class Option(Struct, frozen=True, forbid_unknown_fields=True):
    """One answer of a choice."""

    id: Id
    label: Both


class IntakeField(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question before a conversation; the answer is the attribute of this id."""

    id: Id
    label: Both
    kind: Literal["text", "long", "amount", "time", "order", "choice"]
    required: bool = False
    hint: Both | UnsetType = UNSET
    options: Annotated[list[Option], Meta(max_length=30)] | UnsetType = UNSET


class TopicItem(Item, frozen=True):
    """A matter that a user can choose, with the questions that fit it, and the skill it needs."""

    title: Both
    order: Annotated[int, Meta(ge=0, le=1_000, description="The lower, the sooner it is shown.")] = 100
    skill: Label | UnsetType = UNSET
    fields: Annotated[list[IntakeField], Meta(max_length=12)] = []


class Interval(Struct, frozen=True, forbid_unknown_fields=True, rename={"begin": "from", "end": "until"}):
    """A part of a day in which the desk is open."""

    begin: Clock
    end: Clock


Intervals = Annotated[list[Interval], Meta(max_length=6)]


class Week(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The open parts of each day; a day without any is closed."""

    mon: Intervals = []
    tue: Intervals = []
    wed: Intervals = []
    thu: Intervals = []
    fri: Intervals = []
    sat: Intervals = []
    sun: Intervals = []


class Hours(Item, frozen=True, kw_only=True):
    """When the desk is open: all of it, or one tier, or one skill. The most special one counts."""

    time_zone: Annotated[str, Meta(min_length=1, max_length=64, description="A name such as Asia/Shanghai.")]
    tier: Annotated[int, Meta(ge=1, le=2)] | UnsetType = UNSET
    skill: Label | UnsetType = UNSET
    week: Week


class Holiday(Item, frozen=True, rename={"begin": "from", "end": "until"}):
    """Days on which the usual hours do not count; open only in the parts of `open`, if there are any."""

    name: Both
    begin: Day
    end: Day
    open: Intervals = []


class DeskText(Item, frozen=True):
    """A text of the desk that users see; without one the page has its own words."""

    text: BothLong


class Routing(Item, frozen=True):
    """How the desk routes: `wrap_up_s` after a close, whether a close needs an outcome, and what idle ones become.

    A user who does not answer an agent is asked after `remind_after_s`; the conversation is laid aside `park_after_s`
    or closed `close_after_s` after the agent's last words. `close_bot_after_s` closes what nobody but the bot has.
    """

    wrap_up_s: Seconds = 0
    disposition_required: bool = False
    remind_after_s: Seconds = 0
    park_after_s: Seconds = 0
    close_after_s: Seconds = 0
    close_bot_after_s: Seconds = 0


KINDS: Final[dict[str, type[Item]]] = {
    "canned-replies": CannedReply,
    "macros": Macro,
    "tags": Tag,
    "dispositions": Disposition,
    "away-reasons": AwayReason,
    "topics": TopicItem,
    "hours": Hours,
    "holidays": Holiday,
    "texts": DeskText,
    "skills": Skill,
    "routing": Routing,
}
"""Every kind by its name, in paths and in the table."""

MOST: Final = 500
"""Items of one kind; every page that shows them reads them all."""

TEXT_IDS: Final = frozenset({"greeting", "waiting", "closed", "message_left", "callback_taken", "farewell"})
"""The texts that pages know."""
