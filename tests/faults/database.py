"""A PostgreSQL that can be restarted and crashed."""

import shutil
import signal
from typing import Self

from sqlalchemy import URL

from tests.memory import open_folder
from tests.postgres import PostgresServer, find_programs


class PostgresHouse:
    """A server of one run; `restart` ends it as told and starts it again on the same data."""

    def __init__(self) -> None:
        self._folder = open_folder("chatserver-pg-")
        self._server = PostgresServer(find_programs(), self._folder)
        query = {"host": str(self._folder / "socket")}
        self.url = URL.create("postgresql", username="postgres", database="postgres", query=query)

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def restart(self, how: signal.Signals) -> None:
        """`SIGINT` ends sessions and saves, `SIGQUIT` is a crash. Blocks for a moment."""
        self._server.stop(how)
        self._server.start()
