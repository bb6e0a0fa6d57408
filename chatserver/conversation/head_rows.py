"""Rows of `conversations` as `Head`s and back, by place: it is on the way of every message."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from chatserver.conversation.events import AgentInfo
from chatserver.conversation.states import Head
from chatserver.conversation.tables import conversations
from chatserver.core.sealing import open_staff, seal_staff

_LISTS: Final[dict[str, Any]] = {
    "joined": msgspec.json.Decoder(tuple[AgentInfo, ...]),
    "consultants": msgspec.json.Decoder(tuple[AgentInfo, ...]),
    "watchers": msgspec.json.Decoder(tuple[str, ...]),
    "tags": msgspec.json.Decoder(tuple[str, ...]),
}
"""Fields that are JSON in their column."""

_EMPTY: Final = "[]"
_PLAIN_FIELDS: Final = tuple(field for field in Head.__struct_fields__ if field not in ("agent", *_LISTS))
_PLACES: Final = {column.key: place for place, column in enumerate(conversations.c)}
_plain_of: Final = itemgetter(*(_PLACES[field] for field in _PLAIN_FIELDS))
_agent_of: Final = itemgetter(*(_PLACES[name] for name in ("agent_id", "agent_name", "agent_tier")))


_NAMED: Final = ("joined", "consultants")
"""Lists of staff, whose names are sealed."""

_BOUND: Final = "conversations.staff"


def head_of_row(conn: Connection, row: Sequence[Any]) -> Head:
    """A row that begins with the columns of `conversations` as a `Head`."""
    agent_id, agent_name, agent_tier = _agent_of(row)
    agent = AgentInfo(agent_id, open_staff(conn, _BOUND, agent_name or ""), agent_tier or 1) if agent_id else None
    fields = dict(zip(_PLAIN_FIELDS, _plain_of(row), strict=True))
    for field, decoder in _LISTS.items():
        packed = row[_PLACES[field]]
        held = () if packed == _EMPTY else decoder.decode(packed)
        fields[field] = tuple(_opened(conn, one) for one in held) if held and field in _NAMED else held
    return Head(agent=agent, **fields)


def _opened(conn: Connection, one: AgentInfo) -> AgentInfo:
    return AgentInfo(one.id, open_staff(conn, _BOUND, one.name), one.tier)


def _sealed(conn: Connection, one: AgentInfo) -> AgentInfo:
    return AgentInfo(one.id, seal_staff(conn, _BOUND, one.name), one.tier)


def columns_of(conn: Connection, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The columns in which some fields of a head are kept."""
    columns = dict(fields)
    if "agent" in columns:
        agent = columns.pop("agent")
        columns |= {"agent_id": None, "agent_name": None, "agent_tier": None}
        if agent is not None:
            name = seal_staff(conn, _BOUND, agent.name)
            columns |= {"agent_id": agent.id, "agent_name": name, "agent_tier": agent.tier}
    for field in _LISTS.keys() & columns.keys():
        held = columns[field]
        if held and field in _NAMED:
            held = tuple(_sealed(conn, one) for one in held)
        columns[field] = msgspec.json.encode(held).decode() if held else _EMPTY
    return columns


def changed(head: Head, moved: Head) -> dict[str, Any]:
    """The fields in which one head differs from another, as they are in the second."""
    both = zip(Head.__struct_fields__, msgspec.structs.astuple(head), msgspec.structs.astuple(moved), strict=True)
    return {field: now for field, before, now in both if now is not before and now != before}
