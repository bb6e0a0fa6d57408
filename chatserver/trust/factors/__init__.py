"""What proves somebody beside a password: codes, passkeys, and a fresh proof before a dangerous act."""
