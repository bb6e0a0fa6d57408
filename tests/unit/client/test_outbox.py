"""Commands keep their order and are never given up before they are answered."""

import pytest
from msgspec import Raw

from chatserver.client.outbox import Outbox, Request
from chatserver.client.wire import ErrorBody, Reply, WireError
from chatserver.core.errors import ChatError

DONE = Reply(ok=True, result=Raw(b"{}"))


def refusal(code: str) -> Reply:
    return Reply(ok=False, error=ErrorBody(code, "No."))


def sent(outbox: Outbox, now: float = 1.0) -> list[int]:
    """Send all that may go, and return their numbers."""
    requests = outbox.to_send()
    for request in requests:
        request.sent_at = now
    return [request.number for request in requests]


async def test_only_the_first_of_a_lane_is_in_flight() -> None:
    outbox = Outbox()
    first, second, elsewhere = (outbox.add("send_message", {}, lane) for lane in ("a", "a", "b"))
    assert sent(outbox) == [first.number, elsewhere.number]
    assert not outbox.is_next(second)
    outbox.answered(first.number, DONE)
    assert outbox.remove(first) is second


async def test_commands_without_a_lane_wait_for_nobody() -> None:
    outbox = Outbox()
    numbers = [outbox.add("sync", {}, None).number for _ in range(3)]
    assert sent(outbox) == numbers


async def test_after_a_lost_link_everything_unanswered_goes_out_in_the_order_it_was_given() -> None:
    outbox = Outbox()
    given = [outbox.add("send_message", {}, lane) for lane in ("a", "b", None, "c")]
    assert len(sent(outbox)) == 4
    outbox.answered(given[1].number, DONE)
    outbox.remove(given[1])
    outbox.link_lost()
    assert sent(outbox) == [given[0].number, given[2].number, given[3].number]


@pytest.mark.parametrize("code", ["retry", "storage"])
async def test_what_was_not_decided_is_sent_again_and_blocks_its_lane_until_then(code: str) -> None:
    outbox = Outbox()
    first, second = (outbox.add("send_message", {}, "a") for _ in range(2))
    sent(outbox)
    assert outbox.answered(first.number, refusal(code)) is first
    assert not first.answer.done()
    assert outbox.to_send() == []
    assert not outbox.is_next(second)
    first.resting = False
    assert sent(outbox) == [first.number]


async def test_a_refusal_reaches_whoever_asked() -> None:
    outbox = Outbox()
    request = outbox.add("send_message", {}, "a")
    assert outbox.answered(request.number, refusal("closed")) is None
    with pytest.raises(ChatError) as caught:
        await request.answer
    assert caught.value.code == "closed"


async def test_an_answer_that_nobody_waits_for_changes_nothing() -> None:
    outbox = Outbox()
    request = outbox.add("send_message", {}, "a")
    assert outbox.remove(request) is None
    assert outbox.answered(request.number, DONE) is None
    assert outbox.remove(request) is None


async def test_giving_up_a_waiting_command_frees_nothing_before_it() -> None:
    outbox = Outbox()
    first, second, third = (outbox.add("send_message", {}, "a") for _ in range(3))
    assert outbox.remove(second) is None
    assert outbox.remove(first) is third


async def test_the_oldest_in_flight_is_known() -> None:
    outbox = Outbox()
    assert outbox.oldest_sent_at() is None
    requests: list[Request] = [outbox.add("sync", {}, None) for _ in range(2)]
    requests[0].sent_at, requests[1].sent_at = 5.0, 3.0
    assert outbox.oldest_sent_at() == 3.0


async def test_the_end_reaches_everybody_who_waits() -> None:
    outbox = Outbox()
    request = outbox.add("sync", {}, None)
    outbox.fail(ConnectionError("over"))
    with pytest.raises(ConnectionError):
        await request.answer


async def test_a_reply_without_its_content_is_an_error_of_the_server() -> None:
    outbox = Outbox()
    request = outbox.add("sync", {}, None)
    with pytest.raises(WireError):
        outbox.answered(request.number, Reply(ok=True))
    with pytest.raises(WireError):
        outbox.answered(request.number, Reply(ok=False))
