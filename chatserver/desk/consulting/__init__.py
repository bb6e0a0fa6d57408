"""Advice: the agent asks a colleague in the internal thread, and the user never learns of it."""
