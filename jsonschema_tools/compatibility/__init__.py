"""Two versions of a schema: what changed (facts), what each makes of the other's events (proof), what a policy says."""
