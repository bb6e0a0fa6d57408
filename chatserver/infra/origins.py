"""Which pages may connect: an exact list of origins, or the server's own addresses."""

from urllib.parse import urlsplit

from chatserver.settings import SettingsError


def allowed_origins(setting: str, host: str, port: int) -> frozenset[str]:
    """The origins that may connect; an unset list means the server's own addresses, never everybody."""
    return listed_origins(setting) or own_origins(host, port)


def listed_origins(setting: str) -> frozenset[str]:
    """The origins of a list separated by commas."""
    return frozenset(origin.strip() for origin in setting.split(",") if origin.strip())


def check_origins(setting: str) -> None:
    """Raise `SettingsError` for `*` and for entries that are not origins."""
    for origin in listed_origins(setting):
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.netloc or f"{parts.scheme}://{parts.netloc}" != origin:
            raise SettingsError(
                f"CHATSERVER_ALLOWED_ORIGINS: {origin!r} is not an origin such as https://app.example.com."
            )


def own_origins(host: str, port: int) -> frozenset[str]:
    """The origins under which a browser reaches this server."""
    names = {host, "127.0.0.1", "localhost", "[::1]"} if _is_local(host) else {host}
    found = {f"{scheme}://{name}:{port}" for name in names for scheme in ("http", "https")}
    if port == 80:
        found |= {f"http://{name}" for name in names}
    if port == 443:
        found |= {f"https://{name}" for name in names}
    return frozenset(found)


def _is_local(host: str) -> bool:
    return host in {"127.0.0.1", "localhost", "::1", "0.0.0.0", "::", ""}
