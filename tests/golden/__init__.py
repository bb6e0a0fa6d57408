"""Golden logs: real dialogues as events, and what a screen must show of them in every language of ours."""
