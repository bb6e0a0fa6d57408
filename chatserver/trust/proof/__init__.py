"""Proof of agent: how a user finds out that this chat is the real support, and that nobody plays it."""
