"""Reads a file that is asked for by a bundled name or by its path."""

from __future__ import annotations

from pathlib import Path

from thermal.errors import InputError, Problem
from thermal.rack.bundled import bundled, bundled_path, bundled_root
from thermal.rack.problems import suggest
from thermal.rack.source import Document, read_yaml

__all__ = ["read_named"]


def read_named(kind: str, source: str | Path, what: str) -> Document:
    """Return the document of a bundled name, or of a path.

    Parameters
    ----------
    kind : str
        Folder of the bundled files, such as ``prices``.
    source : str or Path
        Name of a bundled file, or the path of a YAML file.
    what : str
        What it is, for the message: ``price book``.

    Raises
    ------
    InputError
        There is neither; the message tells near names.
    """
    names = bundled(kind)
    if str(source) in names:
        return read_yaml(bundled_path(kind, str(source)), [bundled_root()], f"{kind}/{source}.yaml")
    path = Path(source)
    if path.suffix or path.exists():
        return read_yaml(path)
    right = suggest(source, names, f"one of {', '.join(names)}, or the path of a YAML file")
    raise InputError([Problem(str(source), 0, 0, kind, f"there is no {what} of this name", right)])
