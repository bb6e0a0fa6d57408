"""Proof for others: a conversation that can be checked without the database, and signed packs of it."""
