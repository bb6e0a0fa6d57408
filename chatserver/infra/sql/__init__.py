"""SQL behind `core.ports.Database`: units of work, committed in groups, on SQLite or PostgreSQL."""

from chatserver.infra.sql.opening import open_database
from chatserver.infra.sql.units import OpenDatabase

__all__ = ["OpenDatabase", "open_database"]
