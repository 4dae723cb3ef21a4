"""Where accepted events go. A sink is a noun with three verbs: open, write, close."""
