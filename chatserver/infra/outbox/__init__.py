"""The outbox: rows put in a transaction, carried to the outside under a lease, at least once."""

from chatserver.infra.outbox.outbox import OpenOutbox

__all__ = ["OpenOutbox"]
