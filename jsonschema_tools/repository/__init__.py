"""A folder of schemas in Git: configuration, discovery, reading, history, and writing."""
