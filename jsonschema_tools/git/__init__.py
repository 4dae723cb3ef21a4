"""Git: `process` starts it, the others ask it. Nothing else in the program calls Git."""
