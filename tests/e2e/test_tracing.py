"""Traces: what a command led to, in spans that tell nothing of what was said; nothing of it where it is not set up."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chatserver.infra.extras import tracing_of
from chatserver.infra.tracing import Tracing, add_trace
from chatserver.settings import Settings, SettingsError
from tests.serving import serving


def named(spans: tuple[ReadableSpan, ...], name: str) -> ReadableSpan:
    return next(span for span in spans if span.name == name)


def children(spans: tuple[ReadableSpan, ...], of: ReadableSpan) -> list[ReadableSpan]:
    assert of.context is not None
    return [span for span in spans if span.parent is not None and span.parent.span_id == of.context.span_id]


async def test_a_command_leads_to_its_commit_and_to_what_is_told_of_it(tmp_path: Path, redis_url: str) -> None:
    kept = InMemorySpanExporter()
    async with serving(tmp_path, redis_url, tracing=Tracing(kept, at_once=True)) as served:
        user, zhou = await served.user("lin"), await served.available("zhou")
        conversation = await served.chat(user, zhou)
        kept.clear()
        await user.say(conversation, "my secret question")
        await zhou.wait_for("message_posted")
        assert await user.refusal("close_conversation", conversation="c_nobody") == "not_found"
        await served.get(f"/api/v1/conversations/{conversation}/transcript", user)
        spans = kept.get_finished_spans()
    said = named(spans, "command send_message")
    assert said.attributes is not None
    assert said.attributes["conversation"] == conversation
    assert said.attributes["role"] == "user"
    (written,) = [span for span in children(spans, said) if span.name == "sql.write"]
    assert [event.name for event in written.events] == ["run", "committed"]
    (told,) = [span for span in children(spans, written) if span.name == "tell"]
    assert told.attributes is not None
    assert told.attributes["rows"] == 1
    refused = named(spans, "command close_conversation")
    assert refused.attributes is not None
    assert (refused.attributes["code"], refused.status.is_ok or refused.status.is_unset) == ("not_found", True)
    asked = named(spans, "GET /api/v1/conversations/{id}/transcript")
    assert asked.attributes is not None
    assert asked.attributes["http.response.status_code"] == 200
    assert any(span.name == "sql.read" for span in children(spans, asked))
    assert "secret" not in str([span.to_json() for span in spans])


async def test_scripts_of_redis_have_spans_and_lines_of_the_log_the_ids_of_theirs(
    tmp_path: Path, redis_url: str
) -> None:
    kept = InMemorySpanExporter()
    tracing = Tracing(kept, at_once=True)
    async with serving(tmp_path, redis_url, tracing=tracing) as served:
        user, zhou = await served.user("lin"), await served.available("zhou")
        await served.chat(user, zhou)
        spans = kept.get_finished_spans()
        assert any(span.name == "redis.script" for span in spans)
        lines: list[dict[str, Any]] = []

        async def line() -> None:
            lines.append(add_trace(None, "info", {"event": "x"}))

        await line()
        await served.app.database.read(lambda _: lines.append(add_trace(None, "info", {"event": "y"})))
    assert lines[0] == {"event": "x"}


def test_where_it_is_not_installed_the_product_does_not_miss_it() -> None:
    program = (
        "import sys\n"
        "sys.modules['opentelemetry'] = None\n"
        "import chatserver.cli, chatserver.serving\n"
        "print('chatserver.infra.tracing' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_without_the_extra_the_setting_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tracing_of(Settings()) is None
    monkeypatch.setitem(sys.modules, "chatserver.infra.tracing", None)
    with pytest.raises(SettingsError, match=r"chatserver\[otel\]"):
        tracing_of(Settings(traces_url="http://127.0.0.1:4318/v1/traces"))
