"""Help before and beside a person: topics, the first words of the bot."""
