"""The audit log: append-only, chained, sealed by the server's key, searched by auditors."""
