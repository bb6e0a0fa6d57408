"""Which conversations a process watches: those with a party here, as long as they are open, and no longer."""

import pytest

from chatserver.conversation.states import Head, parties_of
from chatserver.infra import watches as watches_module
from chatserver.infra.watches import LATELY, Watched, Watches, unheard
from tests.unit.conversation.cast import ANNA, BEN, USER, head_with, info, served_by

LIN, AGENT_ANNA, AGENT_BEN = USER.identity, ANNA.identity, BEN.identity


class Desk:
    """Watches, who is here, and which channels are wanted."""

    def __init__(self, *here: str) -> None:
        self.here = set(here)
        self.wanted: list[str] = []
        self.watches = Watches(self.here.__contains__, self.wanted.append, self.wanted.remove)

    def start(self, head: Head, public: int = 3, internal: int = 1) -> Watched:
        return self.watches.start(head, head, {"public": public, "internal": internal})

    def names(self, identity: str) -> list[str]:
        return [watched.head.id for watched in self.watches.of(identity)]


def closed(head: Head) -> Head:
    return head_with(**{name: getattr(head, name) for name in ("id", "last_agent", "public_head")}, status="closed")


def test_a_conversation_belongs_to_each_of_its_parties() -> None:
    desk = Desk(LIN, AGENT_ANNA)
    watched = desk.start(served_by(ANNA), 3, 1)
    assert "c_1" in desk.watches
    assert desk.watches.get("c_1") is watched
    assert list(desk.watches) == [watched]
    assert desk.names(LIN) == desk.names(AGENT_ANNA) == desk.wanted == ["c_1"]
    assert desk.names(AGENT_BEN) == []
    assert desk.watches.seen("c_1") == {"public": 3, "internal": 1}


def test_a_handoff_moves_it_from_one_agent_to_the_other() -> None:
    desk = Desk(LIN, AGENT_ANNA, AGENT_BEN)
    watched = desk.start(served_by(ANNA), 3, 0)
    handed = head_with(status="waiting", handed_off_by=ANNA.subject)
    for head, theirs in ((handed, [AGENT_ANNA]), (served_by(BEN), [AGENT_BEN])):
        desk.watches.move(watched, head)
        assert [one for one in (AGENT_ANNA, AGENT_BEN) if desk.names(one)] == theirs
        assert watched.head is watched.delivered is head
    assert desk.names(LIN) == ["c_1"]


def test_it_is_watched_until_the_last_party_has_gone() -> None:
    desk = Desk(LIN, AGENT_ANNA)
    desk.start(served_by(ANNA), 3, 0)
    desk.here.discard(LIN)
    desk.watches.gone(LIN)
    assert desk.wanted == ["c_1"]
    desk.here.discard(AGENT_ANNA)
    desk.watches.gone(AGENT_ANNA)
    assert (list(desk.watches), desk.wanted, desk.names(LIN), desk.names(AGENT_ANNA)) == ([], [], [], [])
    assert desk.watches.seen("c_1") is None
    desk.watches.gone(AGENT_ANNA)


def test_a_party_who_falls_while_being_told_takes_nothing_from_those_who_follow() -> None:
    desk = Desk(LIN)
    watched = desk.start(served_by(ANNA), 3, 0)
    desk.here.discard(LIN)
    desk.watches.gone(LIN)  # the socket did not bear what was being told
    desk.watches.move(watched, served_by(ANNA))
    assert (list(desk.watches), desk.wanted, desk.names(LIN), desk.names(AGENT_ANNA)) == ([], [], [], [])
    desk.here.add(AGENT_BEN)
    desk.watches.move(watched, served_by(BEN))
    assert (list(desk.watches), desk.wanted, desk.names(AGENT_BEN)) == ([watched], ["c_1"], ["c_1"])


def test_one_begun_anew_while_the_earlier_is_told_stays() -> None:
    desk = Desk(LIN)
    earlier = desk.start(served_by(ANNA), 3, 0)
    desk.here.discard(LIN)
    desk.watches.gone(LIN)
    desk.here.add(LIN)
    newer = desk.start(served_by(ANNA), 3, 0)
    desk.watches.move(earlier, served_by(BEN))
    assert list(desk.watches) == [newer]
    assert desk.names(LIN) == desk.names(AGENT_ANNA) == ["c_1"]


def test_an_idle_one_is_given_up_and_a_busy_one_kept() -> None:
    desk = Desk(AGENT_BEN)
    idle = desk.start(served_by(ANNA), 3, 0)
    desk.watches.stop_if_idle(idle)
    busy = desk.start(served_by(BEN), 3, 0)
    desk.watches.stop_if_idle(busy)
    assert list(desk.watches) == [busy]
    assert desk.watches.concerns(served_by(BEN))
    assert not desk.watches.concerns(served_by(ANNA))


def test_nobody_watches_what_is_closed_but_what_was_delivered_is_remembered() -> None:
    desk = Desk(LIN, AGENT_ANNA)
    head = served_by(ANNA)
    watched = desk.start(head, 3, 1)
    watched.cursors["public"] = 7
    desk.watches.move(watched, closed(head))
    assert (list(desk.watches), desk.wanted) == ([], [])
    assert desk.watches.seen("c_1") == {"public": 7, "internal": 1}
    assert desk.start(head, 9, 1).cursors == {"public": 7, "internal": 1}


def test_what_was_missed_long_ago_is_not_said_any_more() -> None:
    desk = Desk(LIN, AGENT_ANNA)
    head = served_by(ANNA)
    for public, begins_at in ((3 + LATELY, 3), (3 + LATELY + 1, 3 + LATELY + 1)):
        desk.watches.move(desk.start(head, 3, 0), closed(head))
        watched = desk.start(head, public, 5)
        assert watched.cursors["public"] == begins_at
        desk.here.clear()
        desk.watches.stop_if_idle(watched)
        desk.here.update({LIN, AGENT_ANNA})


def test_only_so_many_closed_ones_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watches_module, "ENDED_KEPT", 2)
    desk = Desk(LIN)
    for name in ("c_1", "c_2", "c_3"):
        head = head_with(id=name)
        desk.watches.move(desk.start(head, 1, 0), closed(head))
    assert [desk.watches.seen(name) is not None for name in ("c_1", "c_2", "c_3")] == [False, True, True]


def test_a_supervisor_who_joined_is_a_party() -> None:
    desk = Desk(AGENT_BEN)
    watched = desk.start(served_by(ANNA, joined=(info(BEN),)), 1, 0)
    desk.watches.stop_if_idle(watched)
    assert desk.names(AGENT_BEN) == ["c_1"]


def test_before_any_agent_came_a_conversation_concerns_its_user_alone() -> None:
    assert parties_of(unheard(served_by(ANNA, joined=(info(BEN),)))) == {LIN}
    assert unheard(closed(served_by(ANNA))) == closed(served_by(ANNA))
