"""Regular expressions of ECMA-262: search, automata, words. Nobody else reads a pattern of a schema or a configuration.

A pattern is read with the flag ``u`` where it is valid so (JSON Schema draft-07, 4.3; 2020-12, 6.4), else without it,
by the rules of ECMA-262 Annex B. AJV 6 always reads without the flag; what stands for it here does so too.
"""
