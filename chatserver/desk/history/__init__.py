"""What stands beside a chat: who the user is, and every earlier contact with its outcome."""
