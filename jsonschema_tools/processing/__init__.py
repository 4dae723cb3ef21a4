"""Streams as continuous tables: what an engine of stream processing has to be told. Pure; no engine runs here."""
