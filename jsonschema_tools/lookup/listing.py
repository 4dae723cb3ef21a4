"""Which versions of a title the bases have, as far as they can say."""

from __future__ import annotations

from dataclasses import dataclass

from jsonschema_tools.errors import RetrievalError
from jsonschema_tools.events.targets import LATEST
from jsonschema_tools.lookup.documents import ABSOLUTE
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.versions import is_version, schema_version, sort_versions


@dataclass(frozen=True, slots=True)
class Versions:
    """Versions of a title, lowest first; unless they ``are_all``, there may be older ones."""

    names: tuple[str, ...] = ()
    are_all: bool = True


def versions_at(store: SchemaStore, title: str, version_field: str = "$id") -> Versions:
    """The versions of a title (``/shop/order``, or an absolute URI) at the first base that has any.

    A server lists nothing: of it the latest version is known, and no other. Raises `RetrievalError` where a base is
    down, and what `SchemaStore.retrieve` raises.
    """
    for base in store.bases:
        if ABSOLUTE.match(title) and not base.covers(title):
            continue
        names = base.names(title)
        if names is None:
            found = _latest(store, title, version_field)
            if found is not None:
                return Versions((found,), are_all=False)
            continue
        stems = {name.removesuffix(".yaml").removesuffix(".json") for name in names}
        if versions := sort_versions(stem for stem in stems if is_version(stem)):
            return Versions(tuple(versions))
    return Versions()


def _latest(store: SchemaStore, title: str, version_field: str) -> str | None:
    try:
        return schema_version(store.retrieve(f"{title}/{LATEST}"), version_field)
    except RetrievalError as error:
        if error.down:
            raise
        return None
