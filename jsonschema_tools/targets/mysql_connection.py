"""How `jst load` reaches a server of MariaDB or MySQL, from the URL of its database."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from jsonschema_tools.errors import UsageError

_OPTIONS = {"unix_socket": "unix_socket", "ssl_ca": "ssl_ca", "defaults_file": "read_default_file"}
_REMEDY = "Write mysql://USER@HOST:PORT/DATABASE, with ?unix_socket=PATH, ssl_ca or defaults_file where needed."


def arguments_of(url: str) -> dict[str, Any]:
    """The arguments of ``pymysql.connect`` for a URL such as ``//user@host:3306/database?unix_socket=PATH``.

    The password is that of the URL, or else of the variable ``MYSQL_PWD``, as the clients of MySQL have it. Raises
    `UsageError` for what is no such URL, without showing it: it may have a password.
    """
    try:
        parts = urlsplit(url.removeprefix("mysql:"))
        port, options = parts.port or 3306, dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError as error:
        raise UsageError("this is no URL of a database of MySQL", remedy=_REMEDY) from error
    if not parts.netloc and not url.removeprefix("mysql:").startswith("//"):
        raise UsageError("this is no URL of a database of MySQL", remedy=_REMEDY)
    database = unquote(parts.path.removeprefix("/"))
    if not database or "/" in database or (unknown := sorted(options.keys() - _OPTIONS.keys())):
        what = f"has the unknown option {unknown[0]!r}" if database and "/" not in database else "names no database"
        raise UsageError(f"the URL of a database of MySQL {what}", remedy=_REMEDY)
    found: dict[str, Any] = {_OPTIONS[name]: value for name, value in options.items()}
    if parts.username:
        found["user"] = unquote(parts.username)
    password = unquote(parts.password) if parts.password is not None else os.environ.get("MYSQL_PWD")
    if password is not None:
        found["password"] = password
    if "unix_socket" not in found:
        found |= {"host": parts.hostname or "localhost", "port": port}
    return {**found, "database": database}
