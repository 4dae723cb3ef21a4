"""Loading events into tables."""
