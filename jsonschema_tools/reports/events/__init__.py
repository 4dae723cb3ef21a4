"""The report on events, a file for each format."""
