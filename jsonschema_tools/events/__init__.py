"""Events held against the schemas they name: pure parts. Files, streams and workers are in `repository`."""
