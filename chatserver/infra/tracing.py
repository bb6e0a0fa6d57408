"""Traces for OpenTelemetry: what a command, a request or a parcel led to, and where the time went.

An extra (`pip install chatserver[otel]`), imported only when it is set up: it puts itself around parts of the
product from outside, so that they cost nothing more without it. Spans have names, codes and ids,
never what anybody wrote.
"""

import functools
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import structlog
from aiohttp import web
from opentelemetry import trace
from opentelemetry.sdk.resources import SERVICE_INSTANCE_ID, SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

import chatserver
from chatserver.core.doing import DOING
from chatserver.core.errors import ChatError
from chatserver.core.outbox import Carrier, Parcel

Method = Callable[..., Any]

SCRIPTS: Final = frozenset({"EVALSHA", "FCALL"})
"""Of what goes to Redis, the steps that mean something by themselves."""


class Tracing:
    """Makes spans and hands them to an exporter; `share` (0–1) of all traces are kept."""

    def __init__(self, exporter: SpanExporter, *, share: float = 1.0, at_once: bool = False) -> None:
        names = {
            SERVICE_NAME: "chatserver",
            SERVICE_VERSION: chatserver.__version__,
            SERVICE_INSTANCE_ID: secrets.token_hex(8),
        }
        self._provider = TracerProvider(
            resource=Resource.create(names), sampler=ParentBased(TraceIdRatioBased(share)), shutdown_on_exit=False
        )
        self._provider.add_span_processor(
            SimpleSpanProcessor(exporter) if at_once else BatchSpanProcessor(exporter, export_timeout_millis=5_000)
        )
        self._tracer = self._provider.get_tracer("chatserver")

    def close(self) -> None:
        """Hand over what is left. Blocks: call it in a thread."""
        self._provider.shutdown()

    # Around parts of the product

    def watch_front(self, door: Any, application: web.Application) -> None:
        """A span for each command of a socket, from its frame to its answer, and for each HTTP request.

        What a stranger says about a trace of their own is not believed.
        """
        _around(door, "command", self._command)
        application.middlewares.insert(0, self._request)

    def watch_storage(self, database: Any, redis: Any) -> None:
        """A span for each unit of SQL, from asked to committed, what follows a commit in it; for each script of Redis.

        And the ids of trace and span in every line of the log that is written inside one.
        """
        _around(database, "write", self._write)
        _around(database, "read", self._read)
        _around(redis, "execute_command", self._script)
        processors = structlog.get_config()["processors"]
        if add_trace not in processors:
            structlog.configure(processors=[add_trace, *processors])

    def watch_work(self, hub: Any, outbox: Any) -> None:
        """A span for what is told to sockets and other processes after a commit; for each attempt to carry a parcel."""
        _around(hub, "tell", self._tell)
        _around(outbox, "carry", self._carriers)

    # What is told of each

    def _command(self, real: Method) -> Method:
        async def command(connection: Any, name: str, body: bytes) -> bytes:
            doing = DOING.get()
            told = doing.told() if doing is not None else {"command": "unknown"}
            role = connection.session.role.value
            with self._span(f"command {told['command']}", SpanKind.SERVER, role=role, **told) as span:
                result: bytes = await _judged(span, real(connection, name, body))
                return result

        return command

    def _write(self, real: Method) -> Method:
        async def write(unit: Method, *, lane: str = "", then: Method | None = None) -> Any:
            with self._span("sql.write", SpanKind.CLIENT, lane=bool(lane)) as span:

                def run(conn: Any) -> Any:
                    span.add_event("run")
                    return unit(conn)

                def follow(result: Any) -> None:
                    span.add_event("committed")
                    if then is not None:
                        with trace.use_span(span, end_on_exit=False):
                            then(result)

                return await _judged(span, real(run, lane=lane, then=follow))

        return write

    def _read(self, real: Method) -> Method:
        async def read(query: Method) -> Any:
            with self._span("sql.read", SpanKind.CLIENT) as span:
                return await _judged(span, real(query))

        return read

    def _tell(self, real: Method) -> Method:
        def tell(appended: Any) -> None:
            with self._span("tell", conversation=appended.head.id, rows=len(appended.rows)):
                real(appended)

        return tell

    def _script(self, real: Method) -> Method:
        async def execute_command(*arguments: Any, **options: Any) -> Any:
            name = str(arguments[0]) if arguments else ""
            if name not in SCRIPTS:
                return await real(*arguments, **options)
            with self._span("redis.script", SpanKind.CLIENT, script=str(arguments[1])[:12]) as span:
                return await _judged(span, real(*arguments, **options))

        return execute_command

    def _carriers(self, real: Method) -> Method:
        def carry(carriers: Mapping[str, Carrier]) -> None:
            real({kind: self._carrier(kind, carrier) for kind, carrier in carriers.items()})

        return carry

    def _carrier(self, kind: str, real: Carrier) -> Carrier:
        async def carry(parcel: Parcel) -> None:
            told = {"parcel": parcel.id, "attempts": parcel.attempts}
            with self._span(f"outbox {kind}", SpanKind.PRODUCER, **told) as span:
                await _judged(span, real(parcel))

        return carry

    @property
    def _request(self) -> Any:
        @web.middleware
        async def traced(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            resource = request.match_info.route.resource
            path = resource.canonical if resource is not None else "unknown"
            if path == "/socket.io/":  # lasts for hours; its commands have spans of their own
                return await handler(request)
            with self._span(f"{request.method} {path}", SpanKind.SERVER) as span:
                response = await handler(request)
                span.set_attribute("http.response.status_code", response.status)
                return response

        return traced

    def _span(self, name: str, kind: SpanKind = SpanKind.INTERNAL, **attributes: Any) -> Any:
        return self._tracer.start_as_current_span(
            name, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
        )


async def _judged(span: Span, work: Awaitable[Any]) -> Any:
    """Refusals are told by their code; a defect by its kind, without texts that may hold what somebody wrote."""
    try:
        return await work
    except ChatError as refusal:
        span.set_attribute("code", refusal.code)
        raise
    except Exception as error:
        span.set_attribute("error.type", type(error).__name__)
        span.set_status(Status(StatusCode.ERROR))
        raise


def _around(thing: Any, name: str, make: Callable[[Method], Method]) -> None:
    """Put a method of one object into another."""
    real = getattr(thing, name)
    thing.__dict__[name] = functools.wraps(real)(make(real))


def add_trace(_: Any, __: str, event: Any) -> Any:
    """A processor of log lines: where the line belongs, in hexadecimal as every back end shows it."""
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace"], event["span"] = f"{context.trace_id:032x}", f"{context.span_id:016x}"
    return event


def tracing_to(url: str, share: float) -> Tracing:
    """Traces that go to an OTLP collector over HTTP, as `http://collector:4318/v1/traces`."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  (an extra)

    return Tracing(OTLPSpanExporter(endpoint=url, timeout=5), share=share)
