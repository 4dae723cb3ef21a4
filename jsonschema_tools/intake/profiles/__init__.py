"""How a gate answers. A profile renders what was decided; it decides nothing about an event."""

from __future__ import annotations

PROFILES = ("default", "eventgate")
"""Each is a module of this package."""
