"""The vault of an installation, as its settings say."""

from importlib import import_module
from pathlib import Path

import structlog
from sqlalchemy.exc import DatabaseError

from chatserver.core.errors import ChatError
from chatserver.core.ports import Database, KeyService
from chatserver.settings import Settings, SettingsError
from chatserver.trust.keys import Keys
from chatserver.trust.vault.local_keys import LocalKeys
from chatserver.trust.vault.vault import DataVault

log = structlog.get_logger(__name__)


def vault_for(settings: Settings, keys: Keys) -> DataVault:
    """A vault that has not begun yet. Raises `SettingsError` and `OSError`."""
    return DataVault(key_service(settings, keys))


def key_service(settings: Settings, keys: Keys) -> KeyService:
    """What wraps the master keys. Raises `SettingsError` and `OSError`."""
    if settings.key_service:
        return _imported(settings.key_service)
    given = [_secret(one.strip()) for one in settings.master_keys.split(",") if one.strip()]
    return LocalKeys(given or [keys.secret_key])


def _secret(given: str) -> str:
    return Path(given[1:]).read_text(encoding="utf-8").strip() if given.startswith("@") else given


def _imported(path: str) -> KeyService:
    module, _, name = path.partition(":")
    try:
        make = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(
            f"CHATSERVER_KEY_SERVICE: {path} is no `module:function` that can be found: {error}"
        ) from None
    service: KeyService = make()
    return service


async def begin(vault: DataVault, database: Database) -> None:
    """Let the vault begin now if the storage answers, else with the first look. Raises `WrongKey`."""
    try:
        await vault.begin(database)
    except ChatError as refusal:
        log.warning("vault.waits_for_storage", code=refusal.code)
    except DatabaseError:
        log.warning("vault.waits_for_tables", do="Run `chatserver migrate`.")
