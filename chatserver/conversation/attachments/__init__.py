"""Files that people send: taken in by what they are, kept apart, shown to those who see the conversation."""
