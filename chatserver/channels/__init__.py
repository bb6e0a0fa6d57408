"""Ways to the outside beside the chat: e-mail."""
