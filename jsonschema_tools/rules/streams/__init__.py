"""Rules on streams: which schema each has, which topics, which settings."""
