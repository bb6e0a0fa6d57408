"""Every setting, read from the environment; `chatserver settings` prints them with their meaning."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, get_args, get_type_hints

import msgspec
from msgspec import Meta, Struct

PREFIX: Final = "CHATSERVER_"
UNPREFIXED: Final = {"port": "PORT", "redis_url": "REDIS_URL", "database_url": "DATABASE_URL"}
"""Settings whose variable names are the ones that platforms give."""


class SettingsError(Exception):
    """A setting has a value that cannot be used; the message names the variable and says why."""


class Settings(Struct, frozen=True, kw_only=True):
    """All settings with their defaults. Durations are in the unit that the name ends with."""

    port: Annotated[int, Meta(ge=0, le=65535, description="TCP port; 0 picks a free one.")] = 8080
    host: Annotated[str, Meta(description="Address to listen on.")] = "127.0.0.1"
    data_dir: Annotated[Path, Meta(description="Folder of the embedded Redis and SQLite, made keys and uploads.")] = (
        Path("data")
    )
    redis_url: Annotated[
        str,
        Meta(
            description="redis://host:port/db, rediss://… (TLS), unix:///path, "
            "redis+sentinel://host:port,host:port/service or redis+cluster://host:port,host:port "
            "(rediss+… with TLS); user:password@ before the hosts; empty starts an own Redis in the data folder."
        ),
    ] = ""
    database_url: Annotated[
        str,
        Meta(description="postgresql://… or sqlite:///…; empty is SQLite in the data folder."),
    ] = ""
    files_url: Annotated[
        str,
        Meta(
            description="Where attachments are kept: s3://bucket/prefix?endpoint=…&region=… (keys as AWS names them); "
            "empty is a folder beside the database."
        ),
    ] = ""
    identity_secret: Annotated[
        str,
        Meta(description="HS256 secret of the host app's identity tokens; made when unset."),
    ] = ""
    identity_keys: Annotated[
        str,
        Meta(
            description="JWKS (JSON, or path of a file) with the host app's public keys: "
            "EdDSA, ES256, RS256, one family per key id."
        ),
    ] = ""
    secret_key: Annotated[
        str,
        Meta(
            description="Signs our own tokens and encrypts; the same on all processes; "
            "made and kept in the data folder when unset."
        ),
    ] = ""
    master_keys: Annotated[
        str,
        Meta(
            description="Secrets that encrypt what is stored, separated by commas, @FILE for one in a file: the first "
            "encrypts, all decrypt; empty derives one from CHATSERVER_SECRET_KEY."
        ),
    ] = ""
    key_service: Annotated[
        str,
        Meta(
            description="module:function that gives a key service (KMS, HSM) in place of CHATSERVER_MASTER_KEYS; "
            "see docs/encryption.md."
        ),
    ] = ""
    anchor_dir: Annotated[
        str,
        Meta(
            description="Folder for signed roots of the logs, a file each; best on a disk that whoever changes the "
            "database does not reach. Unset: anchors in the data folder."
        ),
    ] = ""
    root_every_s: Annotated[
        float, Meta(ge=60, le=86_400, description="A root of what was written is signed this often; a day at most.")
    ] = 3_600
    key_backup_days: Annotated[
        int,
        Meta(
            ge=1,
            description="Days that a file of keys written by `chatserver backup` is kept: as long as an erased "
            "user can still be read in an older backup.",
        ),
    ] = 30
    allowed_origins: Annotated[
        str,
        Meta(
            description="Origins of pages that may connect, separated by commas, the server's own among them; "
            "unset means the server's own addresses only."
        ),
    ] = ""
    trusted_hops: Annotated[
        int,
        Meta(
            ge=0,
            le=10,
            description="Reverse proxies in front that append to X-Forwarded-For; 0 takes the peer's address.",
        ),
    ] = 0
    desk: Annotated[str, Meta(description="Name of the desk that conversations here belong to.")] = "main"
    assignment: Annotated[
        str,
        Meta(
            pattern="^(direct|offer)$",
            description="direct: a pairing is an assignment at once; offer: the agent accepts.",
        ),
    ] = "direct"
    first_reply_s: Annotated[
        float,
        Meta(gt=0, description="An assigned agent reads, types or writes within this time."),
    ] = 60
    offer_s: Annotated[float, Meta(gt=0, description="How long an offer rings.")] = 20
    hand_ons: Annotated[
        int,
        Meta(ge=0, description="Agents hand on or transfer one chat so often; then a supervisor decides. 0: no limit."),
    ] = 5
    agent_gone_s: Annotated[
        float,
        Meta(gt=0, description="An agent without a link for this long loses the conversations."),
    ] = 60
    user_gone_s: Annotated[
        float,
        Meta(gt=0, description="A waiting user without a link for this long leaves the queue."),
    ] = 120
    agent_capacity: Annotated[
        int, Meta(ge=1, le=1000, description="Conversations at a time for agents added without one.")
    ] = 3
    ping_interval_s: Annotated[float, Meta(gt=0, description="Between two pings of a socket.")] = 15
    ping_timeout_s: Annotated[float, Meta(gt=0, description="A ping unanswered for this long ends the socket.")] = 10
    rate_factor: Annotated[
        float,
        Meta(
            ge=0,
            description="Multiplies every rate limit and the cap of sockets per address; 0: none.",
        ),
    ] = 1
    sockets_per_address: Annotated[
        int, Meta(ge=1, description="Sockets of one address; phone carriers share addresses.")
    ] = 200
    sockets: Annotated[int, Meta(ge=1, description="Sockets of one process.")] = 50_000
    shown_names: Annotated[
        str,
        Meta(
            pattern="^(whole|first)$",
            description="How much of a user's name stands in events, which are the same for every reader: whole as the "
            "host app gives it, or first for what one is addressed by.",
        ),
    ] = "whole"
    security_contact: Annotated[
        str,
        Meta(
            pattern=r"^((mailto|https|tel):[!-+\--~]+(, *(mailto|https|tel):[!-+\--~]+)*)?$",
            description="Where weaknesses are to be told, for /.well-known/security.txt: mailto:…, https://… or tel:…, "
            "several separated by commas; empty: no such page.",
        ),
    ] = ""
    retention: Annotated[
        str,
        Meta(
            description="JSON list of rules by which closed conversations go: days, do (anonymise or delete), and what "
            "they are for: topic, disposition, desk; empty keeps everything."
        ),
    ] = ""
    audit_anchors: Annotated[
        str,
        Meta(
            description="File to which the end of the audit log is written every five minutes; best on a disk that "
            "whoever changes the database does not reach. Unset: audit-anchors.jsonl in the data folder."
        ),
    ] = ""
    audit_days: Annotated[
        int, Meta(ge=30, description="Days that rows of the audit log are kept; then the oldest go.")
    ] = 1_095
    remove_contacts: Annotated[
        bool,
        Meta(description="Takes telephone numbers and e-mail addresses out of messages, as other secrets always are."),
    ] = False
    smtp_url: Annotated[
        str,
        Meta(
            description="Mail server: smtp://user:password@host:587 (STARTTLS, unless ?starttls=no), "
            "smtps://host:465; empty sends no mail."
        ),
    ] = ""
    mail_from: Annotated[str, Meta(description="Sender of our mail, as in Support <support@example.com>.")] = ""
    official_domains: Annotated[
        str,
        Meta(
            description="The company's own domains, separated by commas; subdomains are theirs too. "
            "Only these may agents link to; links that imitate them are flagged."
        ),
    ] = ""
    official_names: Annotated[
        str, Meta(description="Names of the company and its product, in all scripts, separated by commas.")
    ] = ""
    official_emails: Annotated[str, Meta(description="The company's e-mail addresses, separated by commas.")] = ""
    access_ttl_s: Annotated[int, Meta(gt=0, description="Life of an agent's access token.")] = 900
    refresh_ttl_s: Annotated[int, Meta(gt=0, description="Life of an agent's refresh token: one working day.")] = 43_200
    second_factor_for: Annotated[
        str,
        Meta(
            pattern="^(all|(agent|supervisor|admin|auditor)(, *(agent|supervisor|admin|auditor))*)?$",
            description="Roles that have to set up an authenticator app or a passkey before they can do anything else, "
            "separated by commas, or all; empty: nobody has to.",
        ),
    ] = ""
    public_url: Annotated[
        str, Meta(description="Where browsers reach this installation, such as https://support.example.com.")
    ] = ""
    oidc_issuer: Annotated[
        str,
        Meta(description="Issuer of the company's OpenID Connect provider; empty: staff sign in here only."),
    ] = ""
    oidc_client_id: Annotated[str, Meta(description="What the provider calls this installation.")] = ""
    oidc_client_secret: Annotated[str, Meta(description="The secret shared with the provider.")] = ""
    oidc_name: Annotated[str, Meta(description="What the button for the provider says.")] = "SSO"
    traces_url: Annotated[
        str,
        Meta(
            description="OTLP collector for traces, as http://collector:4318/v1/traces; needs the extra "
            "chatserver[otel]; empty makes none."
        ),
    ] = ""
    traces_share: Annotated[float, Meta(ge=0, le=1, description="Share of all traces that are kept.")] = 0.1
    log_level: Annotated[str, Meta(pattern="^(debug|info|warning|error)$", description="Least level logged.")] = "info"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; raises `SettingsError` naming the variable that cannot be used."""
        found = os.environ if environment is None else environment
        given = {
            field: found[variable_of(field)]
            for field in cls.__struct_fields__
            if found.get(variable_of(field), "") != ""
        }
        return cls.of(given)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Settings":
        """Settings from texts or values by field name."""
        hints = get_type_hints(cls, include_extras=True)
        values: dict[str, Any] = {}
        for field, value in given.items():
            try:
                values[field] = msgspec.convert(value, hints[field], strict=False, dec_hook=_path)
            except msgspec.ValidationError as error:
                raise SettingsError(f"{variable_of(field)}: {error}") from None
        settings = cls(**values)
        if settings.oidc_issuer and not (settings.public_url and settings.oidc_client_id):
            raise SettingsError(
                "CHATSERVER_OIDC_ISSUER: set CHATSERVER_PUBLIC_URL and CHATSERVER_OIDC_CLIENT_ID as well."
            )
        return settings


def _path(kind: type[Any], value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise NotImplementedError(kind)


def variable_of(field: str) -> str:
    """The environment variable of a field."""
    return UNPREFIXED.get(field, PREFIX + field.upper())


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """`CHATSERVER_*` names that are set but mean nothing, most often misspelt ones."""
    known = {variable_of(field) for field in Settings.__struct_fields__}
    ours = (name for name in environment if name.startswith(PREFIX))
    return sorted(name for name in ours if name not in known and not name.startswith(f"{PREFIX}TEST_"))


def described() -> list[tuple[str, str, str]]:
    """`(variable, default, meaning)` of every setting, in the order of declaration."""
    hints = get_type_hints(Settings, include_extras=True)
    defaults = Settings()
    rows = []
    for field in Settings.__struct_fields__:
        meta = next(one for one in get_args(hints[field]) if isinstance(one, Meta))
        rows.append((variable_of(field), str(getattr(defaults, field)), meta.description or ""))
    return rows
