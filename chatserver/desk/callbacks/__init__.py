"""Calls instead of waiting: asked for by users, worked on by agents like a queue."""
