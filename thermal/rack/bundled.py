"""The racks, parts, price books, suppliers' shares and coolants that come with the package."""

from __future__ import annotations

from pathlib import Path

__all__ = ["FOLDERS", "bundled", "bundled_path", "bundled_root"]

FOLDERS = {"racks": ".", "parts": "parts", "prices": "prices", "shares": "shares", "coolants": "coolants",
           "closures": "closures"}  # fmt: skip
"""Folder of each kind below `bundled_root`."""


def bundled_root() -> Path:
    """Return the folder of the bundled data: inside the package once installed, at the top of a source tree."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "racks"
    return installed if installed.is_dir() else package.parent / "racks"


def bundled(kind: str) -> list[str]:
    """Return the names of the bundled files of a kind (`FOLDERS`), sorted.

    Examples
    --------
    >>> "PG25" in bundled("coolants")
    True
    """
    return sorted(path.stem for path in (bundled_root() / FOLDERS[kind]).glob("*.yaml"))


def bundled_path(kind: str, name: str) -> Path:
    """Return the path of a bundled file, whether it exists or not."""
    return bundled_root() / FOLDERS[kind] / f"{name}.yaml"
