"""Events validated by the schemas they name. Files, streams and workers are in `sources`."""
