"""Oversight: what two persons decide together, limits on looking, and the alerts that supervisors get."""
