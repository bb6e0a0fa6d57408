"""When the desk is open, and what that means for whoever wants an agent."""
