"""``python -m jsonschema_tools`` is ``jst``."""

from jsonschema_tools.cli import main

main()
