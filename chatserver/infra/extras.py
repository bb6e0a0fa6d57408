"""Parts that are imported only where they are set up, because they come with an extra of the package."""

from typing import TYPE_CHECKING

from chatserver.settings import Settings, SettingsError

if TYPE_CHECKING:
    from chatserver.infra.tracing import Tracing


def tracing_of(settings: Settings) -> "Tracing | None":
    """Traces, if there is somewhere to send them. Raises `SettingsError` without the extra `otel`."""
    if not settings.traces_url:
        return None
    try:
        from chatserver.infra.tracing import tracing_to  # noqa: PLC0415  (an extra)
    except ImportError:
        raise SettingsError("CHATSERVER_TRACES_URL needs the extra: pip install 'chatserver[otel]'.") from None
    return tracing_to(settings.traces_url, settings.traces_share)
