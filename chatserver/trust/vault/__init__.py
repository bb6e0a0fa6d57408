"""Encryption of what is stored: master keys, a data key for every user, and what is sealed with them."""
