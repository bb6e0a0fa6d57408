"""Logs: one JSON object a line on standard error, never a body, token or key.

What is logged is chosen where it is logged; what passes here all the same is made harmless: texts of exceptions are
left out, since they may hold what somebody wrote, and what a terminal would obey is escaped.
"""

import json
import logging
import re
import sys
import traceback
from functools import partial
from types import TracebackType
from typing import Any, Final

import structlog
from structlog.typing import EventDict

from chatserver.core.doing import DOING

LONGEST: Final = 500
"""Characters of one value; more is somebody's text, or a mistake."""

# DEL and C1, marks that hide or reorder text, separators of lines that JSON lets pass, halves of characters.
_UNSEEN: Final = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")

_SECRET: Final = re.compile(
    r"token|password|secret|authorization|cookie|credential|visitor|draft|body|text", re.IGNORECASE
)
"""Names of values that are left out, whoever logs them."""

log = structlog.get_logger(__name__)


def configure_logs(level: str) -> None:
    """Set up logging of this process; `level` is debug, info, warning or error. Libraries tell warnings at most."""
    least = logging.getLevelNamesMapping()[level.upper()]
    ours: list[structlog.typing.Processor] = [
        correlate,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*ours, make_harmless, render],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, first_line, *ours],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, make_harmless, render],
        )
    )
    handler.addFilter(partial(is_worth_a_line, least=least))
    logging.basicConfig(handlers=[handler], level=max(least, logging.WARNING), force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = tell_crash


def is_worth_a_line(record: logging.LogRecord, least: int) -> bool:
    """What aiohttp calls an error may be a stranger who does not speak HTTP: no news, and anybody can make many."""
    error = _exception(record.exc_info)
    if record.name == "aiohttp.server" and 400 <= getattr(error, "code", 500) < 500:
        record.levelno, record.levelname = logging.DEBUG, "DEBUG"
    return record.levelno >= least


def correlate(_: Any, __: str, event: EventDict) -> EventDict:
    """Add the session, command and conversation of the task that logs."""
    doing = DOING.get()
    return event if doing is None else {**doing.told(), **event}


def first_line(_: Any, __: str, event: EventDict) -> EventDict:
    """What asyncio adds in further lines is the representation of a task, and with it what it failed on."""
    event["event"] = str(event.get("event", "")).partition("\n")[0]
    return event


def make_harmless(_: Any, __: str, event: EventDict) -> EventDict:
    """Leave out texts of exceptions and values with the name of a secret; keep the rest short."""
    error = _exception(event.pop("exc_info", None))
    if error is not None:
        event.setdefault("error", type(error).__name__)
        event.setdefault("at", place_of(error))
    event.pop("stack_info", None)
    return {name: "(left out)" if _SECRET.search(name) else _harmless(value) for name, value in event.items()}


def _exception(info: Any) -> BaseException | None:
    if info is True:
        info = sys.exc_info()
    if isinstance(info, tuple):
        info = info[1]
    return info if isinstance(info, BaseException) else None


def _harmless(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, BaseException):
        return type(value).__name__
    if isinstance(value, bytes | bytearray | memoryview):
        return f"({len(value)} bytes)"
    if isinstance(value, list | tuple):
        return [_harmless(one) for one in value[:LONGEST]]
    shown = str(value)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def place_of(error: BaseException) -> str:
    """The file and line where it was raised, with the function."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno} {frames[-1].name}" if frames else "unknown"


def render(_: Any, __: str, event: EventDict) -> str:
    """One line of JSON that shows what is in it: marks that a screen would obey are escaped."""
    line = json.dumps(event, ensure_ascii=False, separators=(",", ":"), default=str)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def tell_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The last words of a process: what it failed on and the way there, without the text."""
    if issubclass(kind, KeyboardInterrupt):
        return
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    cause = error.__cause__ or getattr(error, "orig", None)
    log.critical("crashed", error=kind.__name__, cause=cause, at=frames)
