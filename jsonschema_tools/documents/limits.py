"""How large a document may be. No schema comes near; a text made to exhaust memory or the stack does."""

MAX_DEPTH = 256
"""Lists and mappings inside one another, at most."""

TOO_DEEP = f"lists and mappings are nested deeper than {MAX_DEPTH} levels"
FLATTER = "Flatten the document, or move parts of it to files of their own."

MAX_NODES = 1_000_000
"""Values in a document with aliases, at most, when every alias is written out."""
