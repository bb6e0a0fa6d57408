"""What supervisors do beside the work of agents: watch, reassign, close, move in the queue, send somebody offline."""
