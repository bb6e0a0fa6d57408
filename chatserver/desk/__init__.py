"""Who waits, who is free, who gets whom: queue, presence, capacity, offers, handoff, transfer."""
