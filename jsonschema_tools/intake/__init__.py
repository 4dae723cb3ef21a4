"""Events that a gate is given: from the body of a request to what is accepted, and why the rest is refused."""
