"""Keep a repository of versioned JSON Schemas."""
