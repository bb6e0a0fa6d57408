"""Every rule of the oracle can fail: what it must find is found, what is right passes."""

from typing import Any

from tests.faults import oracle
from tests.faults.history import Record, digest
from tests.faults.oracle import Memory, Reading, Sample


def event(seq: int, type_: str = "message_posted", text: str = "", **more: Any) -> dict[str, Any]:
    return {"seq": seq, "id": f"e{seq}", "type": type_, "text": text, "at": seq, **more}


def sent(t: int, phase: str, seq: int = 0, key: str = "k1", **more: Any) -> Record:
    fields = {"key": key, "conversation": "c", "seq": seq, "id": f"e{seq}", "text": digest(key), **more}
    return Record(t, "lin", "send_message", phase, **fields)


def reading(*events: dict[str, Any], by: str = "lin") -> Reading:
    return Reading("c", by, list(events))


ACKED = [sent(1, "invoke"), sent(2, "ok", 1)]


def rules(complaints: list[oracle.Complaint]) -> list[tuple[str, str]]:
    return [(one.rule, one.kind) for one in complaints]


def test_an_acknowledged_message_that_is_missing_for_anybody_is_lost() -> None:
    whole = reading(event(1, text="k1"))
    assert oracle.acked_is_kept(ACKED, [whole, whole]) == []
    assert rules(oracle.acked_is_kept(ACKED, [whole, reading(by="rest")])) == [("O1", "lost")]
    assert rules(oracle.acked_is_kept(ACKED, [])) == [("O1", "lost")]


def test_a_message_that_stands_twice_is_found() -> None:
    twice = reading(event(1, text="k1"), event(2, text="k1"))
    assert rules(oracle.nothing_twice(ACKED, [twice])) == [("O1", "duplicated")]
    same_id = reading(event(1), event(1))
    assert rules(oracle.acked_is_kept(ACKED, [same_id])) == [("O1", "duplicated")]


def test_what_was_refused_for_good_must_not_be_there() -> None:
    refused = [sent(1, "invoke"), sent(2, "fail", code="not_assigned")]
    unknown = [sent(1, "invoke"), sent(2, "info")]
    there = [reading(event(1, text="k1"))]
    assert rules(oracle.nothing_twice(refused, there)) == [("O2", "broken")]
    assert oracle.nothing_twice(unknown, there) == []
    assert oracle.nothing_twice(refused, [reading()]) == []


def test_readings_that_differ_are_found() -> None:
    assert oracle.readings_agree([reading(event(1)), reading(event(1), by="rest")]) == []
    other = reading(event(1, text="altered"), by="rest")
    assert rules(oracle.readings_agree([reading(event(1)), other])) == [("O3", "misordered")]


def test_a_hole_in_the_numbers_is_found() -> None:
    assert oracle.no_gaps([reading(event(1), event(2))]) == []
    assert rules(oracle.no_gaps([reading(event(1), event(3))])) == [("O4", "misordered")]


def test_messages_of_one_sender_out_of_order_are_found() -> None:
    first, second = [sent(1, "invoke"), sent(3, "ok", 2)], [sent(2, "invoke", key="k2"), sent(4, "ok", 1, key="k2")]
    assert rules(oracle.senders_order(first + second)) == [("O5", "misordered")]
    assert oracle.senders_order([*first, second[0], sent(4, "ok", 3, key="k2")]) == []


def test_a_client_that_saw_something_else_is_found() -> None:
    log = [reading(event(1), event(2))]
    assert oracle.live_is_whole([reading(event(1))], log) == []
    assert rules(oracle.live_is_whole([reading(event(2))], log)) == [("O6", "misordered")]
    assert rules(oracle.live_is_whole([reading(event(1))], log, repeated=25)) == [("O6", "broken")]


def test_two_agents_at_once_are_found() -> None:
    assigned = [event(seq, "agent_assigned", agent={"id": f"a{seq}"}) for seq in (1, 2)]
    assert rules(oracle.one_owner([reading(*assigned)])) == [("O7", "broken")]
    left = event(2, "agent_left")
    assert oracle.one_owner([reading(assigned[0], left, event(3, "agent_assigned", agent={"id": "b"}))]) == []


def test_an_offer_that_rings_twice_is_found() -> None:
    rang = [
        Record(1, name, "offer", "heard", conversation="c", seq=epoch, more={"agent": name})
        for name, epoch in (("ann", 1), ("ben", 1))
    ]
    assert rules(oracle.one_offer(rang)) == [("O7", "broken")]
    assert oracle.one_offer(rang[:1]) == []


def sample(t: float, load: int = 0, *, waiting: bool = False) -> Sample:
    return Sample(t, {"ann": load}, {"ann": 3}, [("c", 1)] if waiting else [], {1})


def test_an_agent_over_capacity_is_found() -> None:
    assert oracle.within_capacity([sample(1, 3)]) == []
    assert rules(oracle.within_capacity([sample(1, 4)])) == [("O8", "broken")]


def test_somebody_forgotten_is_found() -> None:
    assert oracle.nobody_forgotten([sample(t, waiting=True) for t in (0, 14)]) == []
    assert rules(oracle.nobody_forgotten([sample(t, waiting=True) for t in (0, 10, 16)])) == [("O9", "broken")]
    paired_between = [sample(0, waiting=True), sample(10), sample(16, waiting=True)]
    assert oracle.nobody_forgotten(paired_between) == []


def asked(name: str, began: int, done: int) -> list[Record]:
    invoke = Record(began, name, "start_conversation", "invoke")
    return [invoke, Record(done, name, "start_conversation", "ok", conversation=name, code="waiting")]


def served(name: str, at: int) -> Reading:
    events = [event(1, "queued"), event(2, "agent_assigned", agent={"id": "ann"}) | {"at": at}]
    return Reading(name, name, events)


def test_somebody_who_overtook_is_found() -> None:
    records = asked("first", 1, 2) + asked("second", 3, 4)
    assert oracle.first_come(records, [served("first", 10), served("second", 20)]) == []
    assert rules(oracle.first_come(records, [served("first", 5_000), served("second", 20)])) == [("O10", "broken")]
    at_once = asked("first", 1, 4) + asked("second", 2, 3)
    assert oracle.first_come(at_once, [served("first", 5_000), served("second", 20)]) == []


def test_a_ghost_is_found() -> None:
    assert oracle.presence_is_true({"ann": True, "ben": False}, {"ann"}) == []
    assert rules(oracle.presence_is_true({"ann": False}, {"ann"})) == [("O11", "broken")]
    assert rules(oracle.presence_is_true({"ann": True}, set())) == [("O11", "broken")]


def test_tracebacks_and_secrets_in_logs_are_found() -> None:
    assert oracle.logs_are_clean('{"event": "draining"}', ["canary"]) == []
    assert rules(oracle.logs_are_clean("Traceback (most recent call last)", [])) == [("O12", "broken")]
    assert rules(oracle.logs_are_clean('{"text": "canary-1"}', ["canary-1"])) == [("O12", "broken")]
    assert rules(oracle.logs_are_clean('{"event":"failed","level":"error"}', [])) == [("O12", "broken")]
    assert rules(oracle.logs_are_clean("Task exception was never retrieved", [])) == [("O12", "broken")]
    assert oracle.logs_are_clean('{"event":"delayed","level":"warning"}', []) == []


def test_a_process_that_grows_is_found() -> None:
    assert oracle.memory_is_flat([Memory("one", 100, 149, 20, 30)]) == []
    assert rules(oracle.memory_is_flat([Memory("one", 100, 151, 20, 31)])) == [("O12", "broken")] * 2
