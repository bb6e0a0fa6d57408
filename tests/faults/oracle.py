"""What must be true when the faults are over: the rules O1 to O12, as pure functions over what was recorded.

Each returns its complaints; none means that the rule holds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, Final

import msgspec
from msgspec import Struct

from tests.faults.history import Record, digest

SENDS: Final = frozenset({"send_message", "add_note"})
REPEATS: Final = 0.05
"""Deliveries that may come twice, as a share of all: clients drop them by id."""

ASKED_FOR: Final = 4
"""Deliveries of one conversation that may come twice because its reader asked for it while it was told of it."""

Page = list[dict[str, Any]]
"""Events of a public thread as `sync` gives them."""


class Complaint(Struct, frozen=True):
    """One thing that is wrong; `kind` is `lost`, `duplicated`, `misordered` or `broken`."""

    rule: str
    kind: str
    text: str


class Reading(Struct, frozen=True):
    """The public thread of a conversation as somebody could read it afterwards; `by` is a client's name or `rest`."""

    conversation: str
    by: str
    events: Page


class Sample(Struct, frozen=True):
    """What SQL said at an instant, in seconds of a monotonic clock.

    `load` and `capacity` are by agent, `waiting` are `(conversation, tier)`, `free` are tiers in which an agent who is
    there has a free slot.
    """

    t: float
    load: dict[str, int]
    capacity: dict[str, int]
    waiting: list[tuple[str, int]]
    free: set[int]


class Memory(Struct, frozen=True):
    """A process at two instants: kilobytes held and descriptors open."""

    process: str
    before_kb: int
    after_kb: int
    before_fds: int
    after_fds: int


def acked_is_kept(records: list[Record], readings: list[Reading]) -> list[Complaint]:
    """O1: every acknowledged message is in every reading of its conversation, once."""
    rows: dict[str, list[Counter[str]]] = defaultdict(list)
    for reading in readings:
        rows[reading.conversation].append(Counter(event["id"] for event in reading.events))
    found = []
    for record in _last_of(records, SENDS):
        if record.phase != "ok":
            continue
        counts = [row[record.id] for row in rows[record.conversation]]
        if not counts or min(counts) == 0:
            found.append(Complaint("O1", "lost", f"{record.client}'s {record.key} is missing"))
        elif max(counts) > 1:
            found.append(Complaint("O1", "duplicated", f"{record.client}'s {record.key} stands there twice"))
    return found


def nothing_twice(records: list[Record], readings: list[Reading]) -> list[Complaint]:
    """O1, O2: no text stands more often than it was sent, and what was refused for good stands nowhere."""
    last = {(one.conversation, one.text): one for one in _last_of(records, SENDS) if one.text}
    found = []
    for reading in readings:
        for text, count in Counter(digest(event.get("text", "")) for event in reading.events).items():
            record = last.get((reading.conversation, text))
            if record is not None and count > 1:
                found.append(Complaint("O1", "duplicated", f"{record.key} stands {count} times for {reading.by}"))
            if record is not None and record.phase == "fail":
                found.append(Complaint("O2", "broken", f"{record.key} was refused ({record.code}) and is there"))
    return found


def readings_agree(readings: list[Reading]) -> list[Complaint]:
    """O3: user, agent and HTTP read the same."""
    first: dict[str, Reading] = {}
    found = []
    for reading in readings:
        other = first.setdefault(reading.conversation, reading)
        if _content(other.events) != _content(reading.events):
            text = f"{reading.conversation} differs between {other.by} and {reading.by}"
            found.append(Complaint("O3", "misordered", text))
    return found


def no_gaps(readings: list[Reading]) -> list[Complaint]:
    """O4: numbers from 1 without a hole."""
    return [
        Complaint("O4", "misordered", f"{one.conversation} has a hole for {one.by}")
        for one in readings
        if [event["seq"] for event in one.events] != list(range(1, len(one.events) + 1))
    ]


def senders_order(records: list[Record]) -> list[Complaint]:
    """O5: what one sender got acknowledged stands in the order it was first sent."""
    began: dict[tuple[str, str, str], int] = {}
    for record in records:
        if record.op in SENDS and record.phase == "invoke":
            began.setdefault((record.client, record.conversation, record.key), record.t)
    highest: dict[tuple[str, str], int] = {}
    found = []
    acked = [one for one in _last_of(records, SENDS) if one.phase == "ok"]
    for record in sorted(acked, key=lambda one: began[one.client, one.conversation, one.key]):
        lane = record.client, record.conversation
        if record.seq <= highest.get(lane, 0):
            found.append(Complaint("O5", "misordered", f"{record.client}'s {record.key} stands before an earlier one"))
        highest[lane] = max(record.seq, highest.get(lane, 0))
    return found


def live_is_whole(live: list[Reading], readings: list[Reading], repeated: int = 0) -> list[Complaint]:
    """O6: what clients have from events and `sync` is the log up to where they read; few deliveries come twice."""
    logs = {one.conversation: _content(one.events) for one in readings}
    found = []
    for one in live:
        mine = _content(one.events)
        if mine != logs.get(one.conversation, [])[: len(mine)]:
            found.append(Complaint("O6", "misordered", f"{one.by} has seen another {one.conversation}"))
    delivered = sum(len(one.events) for one in live)
    if repeated > max(20, REPEATS * delivered) + ASKED_FOR * len(live):
        found.append(Complaint("O6", "broken", f"{repeated} of {delivered} deliveries came twice"))
    return found


def one_owner(readings: list[Reading]) -> list[Complaint]:
    """O7: nobody is assigned while another serves."""
    ends = {"agent_left", "handed_off", "conversation_closed", "queued"}
    found = []
    for reading in readings:
        owner = ""
        for event in reading.events:
            if event["type"] == "agent_assigned":
                if owner:
                    found.append(Complaint("O7", "broken", f"{reading.conversation} had two agents at {event['seq']}"))
                owner = event["agent"]["id"]
            elif event["type"] in ends:
                owner = ""
    return found


def one_offer(records: list[Record]) -> list[Complaint]:
    """O7: an offer of one epoch rings at one agent only."""
    rang: dict[tuple[str, int], set[str]] = defaultdict(set)
    for record in records:
        if record.op == "offer" and record.phase == "heard":
            rang[record.conversation, record.seq].add(record.more["agent"])
    return [
        Complaint("O7", "broken", f"{conversation} rang at {len(agents)} agents at once")
        for (conversation, _), agents in rang.items()
        if len(agents) > 1
    ]


def within_capacity(samples: list[Sample]) -> list[Complaint]:
    """O8: offered and active never exceed an agent's capacity."""
    over = {agent for one in samples for agent, load in one.load.items() if load > one.capacity.get(agent, load)}
    return [Complaint("O8", "broken", f"{agent} had more than their capacity") for agent in sorted(over)]


def nobody_forgotten(samples: list[Sample], most_s: float = 15.0) -> list[Complaint]:
    """O9: nobody waits longer than this while an agent of their tier has a free slot."""
    since: dict[str, float] = {}
    found = {}
    for one in samples:
        stuck = {conversation for conversation, tier in one.waiting if tier in one.free}
        since = {conversation: since.get(conversation, one.t) for conversation in stuck}
        for conversation, began in since.items():
            if one.t - began > most_s:
                found[conversation] = one.t - began
    return [
        Complaint("O9", "broken", f"{name} waited {wait:.0f} s beside a free agent") for name, wait in found.items()
    ]


def first_come(records: list[Record], readings: list[Reading], slack_ms: int = 1_000) -> list[Complaint]:
    """O10: of two who asked one after the other, the first is assigned first; `slack_ms` is what may be overtaken.

    Only first assignments of conversations that were queued once and before anybody was there count.
    """
    asked = _asked(records)
    assigned = {one.conversation: _first_assignment(one.events) for one in readings}
    line = sorted((done, began, name) for name, (began, done) in asked.items() if assigned.get(name))
    found = []
    for place, (done, _, name) in enumerate(line):
        later = [other for _, began, other in line[place + 1 :] if began > done]
        mine = assigned[name] or 0
        for other in later:
            theirs = assigned[other] or 0
            if theirs + slack_ms < mine:
                found.append(Complaint("O10", "broken", f"{other} was served {mine - theirs} ms before {name}"))
                break
    return found


def presence_is_true(expected: dict[str, bool], routable: set[str]) -> list[Complaint]:
    """O11: agents count as there exactly if they are."""
    return [
        Complaint("O11", "broken", f"{agent} is {'' if there else 'not '}there, SQL says the opposite")
        for agent, there in expected.items()
        if there != (agent in routable)
    ]


def logs_are_clean(text: str, secrets: Iterable[str]) -> list[Complaint]:
    """O12: no traceback, no defect, no secret, no body in any log."""
    found = [Complaint("O12", "broken", "a log holds a traceback")] if "Traceback" in text else []
    found += [Complaint("O12", "broken", f"a log holds the secret …{one[-6:]}") for one in secrets if one in text]
    told = {line for line in text.splitlines() if _tells_of_a_defect(line)}
    return found + [Complaint("O12", "broken", f"a log tells of a defect: {line[:400]}") for line in sorted(told)]


def _tells_of_a_defect(line: str) -> bool:
    try:
        return msgspec.json.decode(line).get("level") in {"error", "critical"}
    except (msgspec.DecodeError, AttributeError):
        return "never retrieved" in line or "never awaited" in line


def memory_is_flat(memory: list[Memory]) -> list[Complaint]:
    """O12: a process holds at most half as much again as at the start, and ten descriptors more."""
    found = []
    for one in memory:
        if one.after_kb > 1.5 * one.before_kb:
            found.append(Complaint("O12", "broken", f"{one.process} grew from {one.before_kb} to {one.after_kb} kB"))
        if one.after_fds > one.before_fds + 10:
            text = f"{one.process} went from {one.before_fds} to {one.after_fds} descriptors"
            found.append(Complaint("O12", "broken", text))
    return found


def _last_of(records: list[Record], ops: frozenset[str]) -> list[Record]:
    """The last word on every command with a key; an acknowledgement is never taken back."""
    last: dict[tuple[str, str, str], Record] = {}
    for record in records:
        if record.op in ops and record.phase != "invoke":
            name = record.client, record.conversation, record.key
            if name not in last or last[name].phase != "ok":
                last[name] = record
    return list(last.values())


def _content(events: Page) -> list[tuple[Any, ...]]:
    return [(event["seq"], event["id"], event["type"], digest(event.get("text", ""))) for event in events]


def _asked(records: list[Record]) -> dict[str, tuple[int, int]]:
    """When each conversation was asked for and the answer came, of those that were queued at once."""
    began: dict[str, int] = {}
    asked: dict[str, tuple[int, int]] = {}
    for record in records:
        if record.op == "start_conversation" and record.phase == "invoke":
            began.setdefault(record.client, record.t)
        if record.op == "start_conversation" and record.phase == "ok" and record.code == "waiting":
            asked.setdefault(record.conversation, (began[record.client], record.t))
    return asked


def _first_assignment(events: Page) -> int | None:
    kinds = [event["type"] for event in events]
    if kinds.count("queued") != 1 or "handed_off" in kinds:
        return None
    return next((int(event["at"]) for event in events if event["type"] == "agent_assigned"), None)
