"""What is asked again and again is found by an index, however many conversations there ever were."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine

from chatserver.conversation import store as log_store
from chatserver.core.prepared import driver_of
from chatserver.desk import store, waiting
from chatserver.infra.migrations import migrate
from tests.unit.conversation.cast import head_with

QUESTIONS: dict[str, Callable[[Connection], Any]] = {
    "what an agent has to look after": lambda conn: log_store.read_agents_conversations(conn, "a_1"),
    "the load of an agent": lambda conn: log_store.count_live(conn, "a_1"),
    "the loads of all": store.count_live_by_agent,
    "whom an agent serves": lambda conn: store.served_heads(conn, "a_1"),
    "the open conversation of a user": lambda conn: log_store.read_open(conn, "u_1"),
    "who comes before": lambda conn: waiting.waiting_before(conn, head_with(status="waiting", queued_at=5)),
    "who waits": waiting.waiting_entries,
    "their places": waiting.waiting_places,
    "offers that rang out": lambda conn: store.due_offers(conn, 5),
    "replies that are due": lambda conn: store.due_replies(conn, 5),
    "users who left": lambda conn: store.deserted(conn, 5),
    "agents whose link is lost": lambda conn: store.lost_links(conn, 5),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_does_not_read_every_conversation(question: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'chatserver.db'}"
    migrate(url)
    asked: list[str] = []  # with the values in their places
    engine = create_engine(url)
    with engine.connect() as conn:
        driver = driver_of(conn)
        driver.set_trace_callback(asked.append)
        QUESTIONS[question](conn)
        driver.set_trace_callback(None)
        questions = [statement for statement in asked if statement.startswith("SELECT")]
        assert questions
        steps = [row[3] for one in questions for row in driver.execute(f"EXPLAIN QUERY PLAN {one}")]
    engine.dispose()
    assert [step for step in steps if "conversations" in step and "INDEX" not in step] == []
