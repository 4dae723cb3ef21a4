"""Is every instance of one JSON Schema an instance of another? `proof` has the answer, the other modules its parts."""
