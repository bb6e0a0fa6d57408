"""The log: conversations as append-only threads of numbered events, and what parties do in them."""
