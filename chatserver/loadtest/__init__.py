"""The load test: real sockets replay dialogues against a served product, and every message is checked."""
