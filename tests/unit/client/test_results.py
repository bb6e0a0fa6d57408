"""Every command of the contract has its result, name and lane here."""

from chatserver.client.results import RESULT_OF, lane_of, name_of
from chatserver.conversation.messages import MarkRead, SendMessage, StartConversation, Sync
from chatserver.surface import commands


def test_the_client_knows_every_command_with_the_result_that_the_server_declares() -> None:
    ours = {(body, result) for body, result in RESULT_OF.items()}
    assert {(spec.body, spec.result) for spec in commands().values()} == ours


def test_writing_in_one_conversation_keeps_its_order_and_reading_waits_for_nobody() -> None:
    message = SendMessage(conversation="c1", key="k", text="x")
    assert name_of(message) == "send_message"
    assert lane_of(message) == "c1"
    assert lane_of(StartConversation(key="k")) == ""
    assert lane_of(Sync(conversation="c1", after=0)) is None
    assert lane_of(MarkRead(conversation="c1", seq=1)) is None
