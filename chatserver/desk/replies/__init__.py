"""Canned replies with their variables filled in, and macros: several actions with one key."""
