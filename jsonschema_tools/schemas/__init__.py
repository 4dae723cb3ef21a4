"""JSON Schema: its keywords and drafts, references, bounds, and validators."""
