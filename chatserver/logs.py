"""Logs: one JSON object a line on standard error, never a body, token or key."""

import logging
import sys

import structlog


def configure_logs(level: str) -> None:
    """Set up logging of this process; `level` is debug, info, warning or error."""
    least = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(stream=sys.stderr, level=max(least, logging.WARNING), format="%(message)s", force=True)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_formatter())


def _formatter() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_traceback,
        ],
        processor=structlog.processors.JSONRenderer(ensure_ascii=False),
    )


def _without_traceback(_: object, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """A traceback may hold what somebody wrote; its type is enough to look for the defect."""
    info = event.pop("exc_info", None)
    if isinstance(info, tuple) and info[0] is not None:
        event["error"] = info[0].__name__
    return event
