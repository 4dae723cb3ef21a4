"""What a change of a schema touches, as text and as JSON."""
