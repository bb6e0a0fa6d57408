"""What agents may say: texts that ask users for secrets, control or money are held for a second person."""
