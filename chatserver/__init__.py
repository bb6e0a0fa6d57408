"""Customer support chat for wallet apps: an append-only log, a queue, and two tiers of agents."""

__version__ = "0.1.0"
