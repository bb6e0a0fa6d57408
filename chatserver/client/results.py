"""Which result answers which command, and in which order commands must arrive."""

from typing import Any, Final

import msgspec

from chatserver.conversation import messages as conversation
from chatserver.core.commands import Command, snake_case
from chatserver.desk import messages as desk
from chatserver.desk import tagging
from chatserver.desk.callbacks import messages as callbacks
from chatserver.desk.consulting import messages as consulting
from chatserver.desk.hours import messages as hours
from chatserver.desk.replies import messages as replies
from chatserver.desk.supervising import messages as supervising
from chatserver.trust import messages as trust

RESULT_OF: Final[dict[type[Command], type[Any]]] = {
    conversation.StartConversation: conversation.Started,
    conversation.SendMessage: conversation.Posted,
    conversation.AddNote: conversation.Posted,
    conversation.Sync: conversation.SyncPage,
    conversation.Whisper: conversation.Posted,
    conversation.MarkRead: conversation.Nothing,
    conversation.MarkDelivered: conversation.Nothing,
    conversation.Typing: conversation.Nothing,
    conversation.CloseConversation: conversation.Nothing,
    conversation.RateConversation: conversation.Nothing,
    desk.RequestAgent: desk.QueueState,
    desk.CancelWaiting: desk.StatusResult,
    desk.SetPresence: desk.PresenceState,
    desk.FinishWrapUp: desk.PresenceState,
    desk.Viewing: desk.Viewers,
    tagging.SetTags: tagging.TagsResult,
    replies.RunMacro: replies.MacroResult,
    hours.LeaveMessage: desk.StatusResult,
    callbacks.RequestCallback: callbacks.CallbackResult,
    callbacks.CancelCallback: conversation.Nothing,
    callbacks.ClaimCallback: callbacks.CallbackResult,
    callbacks.ReleaseCallback: callbacks.CallbackResult,
    callbacks.FinishCallback: callbacks.CallbackResult,
    consulting.AskConsult: conversation.Posted,
    consulting.JoinConsult: conversation.ConversationResult,
    consulting.LeaveConsult: conversation.Nothing,
    supervising.WatchConversation: conversation.ConversationResult,
    supervising.UnwatchConversation: conversation.Nothing,
    supervising.Reassign: desk.StatusResult,
    supervising.ForceClose: conversation.Nothing,
    supervising.MoveInQueue: desk.QueueState,
    supervising.ForceOffline: desk.PresenceState,
    desk.AcceptOffer: conversation.ConversationResult,
    desk.DeclineOffer: conversation.Nothing,
    desk.HandOff: desk.HandOffResult,
    desk.TakeBack: conversation.ConversationResult,
    desk.Transfer: desk.StatusResult,
    desk.JoinConversation: conversation.ConversationResult,
    desk.LeaveConversation: conversation.Nothing,
    desk.ReopenConversation: conversation.ConversationResult,
    trust.Renew: trust.Renewed,
}

_UNORDERED: Final = (
    conversation.Sync,
    conversation.MarkRead,
    conversation.MarkDelivered,
    conversation.Typing,
    desk.Viewing,
    trust.Renew,
)
"""Commands that change no log: they need not wait for those that do."""

_names: Final = {body: snake_case(body.__name__) for body in RESULT_OF}
_decoders: Final = {body: msgspec.json.Decoder(result) for body, result in RESULT_OF.items()}


def name_of(body: Command) -> str:
    """The command's name on the wire."""
    return _names[type(body)]


def lane_of(body: Command) -> str | None:
    """What must stay in order: the commands of one conversation that write."""
    return None if isinstance(body, _UNORDERED) else getattr(body, "conversation", "")


def read_result(body: Command, raw: msgspec.Raw) -> Any:
    """The result Struct of a command. Raises `ValidationError` when the server broke the contract."""
    return _decoders[type(body)].decode(raw)
