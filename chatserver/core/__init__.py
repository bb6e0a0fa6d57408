"""What every room speaks: commands, events, errors, sessions and ports. No I/O in here."""
