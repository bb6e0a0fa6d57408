"""What a desk has defined for itself: replies, macros, tags, outcomes, topics, hours, texts, and how it routes.

Everything of it is kept the same way: an item of a kind, by id, in versions.
"""
