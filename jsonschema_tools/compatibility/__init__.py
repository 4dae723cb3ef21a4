"""Two versions of a schema held against each other: facts first, then proof, then policy."""
