"""Which pages may connect: an exact list of origins, or the server's own addresses."""

from collections.abc import Callable
from urllib.parse import urlsplit

from chatserver.settings import SettingsError


def allowed_origins(setting: str, host: str, port: int) -> Callable[[str], bool]:
    """A judge of `Origin` headers; an unset list means the server's own addresses, never everybody.

    Raises `SettingsError` for `*` and for entries that are not origins.
    """
    listed = {origin.strip() for origin in setting.split(",") if origin.strip()}
    for origin in listed:
        _check(origin)
    if not listed:
        listed = own_origins(host, port)
    return listed.__contains__


def own_origins(host: str, port: int) -> set[str]:
    """The origins under which a browser on this machine or network reaches the server."""
    names = {host, "127.0.0.1", "localhost", "[::1]"} if _is_local(host) else {host}
    found = {f"{scheme}://{name}:{port}" for name in names for scheme in ("http", "https")}
    if port in (80, 443):
        found |= {f"http://{name}" for name in names} | {f"https://{name}" for name in names}
    return found


def _is_local(host: str) -> bool:
    return host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::", "")


def _check(origin: str) -> None:
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.netloc or f"{parts.scheme}://{parts.netloc}" != origin:
        raise SettingsError(
            f"CHATSERVER_ALLOWED_ORIGINS: {origin!r} is not an origin such as https://app.example.com."
        )
