"""The live board: who waits, who works, and how today went."""
