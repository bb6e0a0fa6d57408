"""Privacy: what staff see of a user, and what a user may ask for: export, erasure, retention, legal hold."""
