"""Where compiled code is kept: one folder for each state of the sources, where this user may write.

Numba renews a function's cache when the file of that function changes, not when a function that it calls does: an
edited closure would go on being served from its callers' cache.  So the folder's name holds a hash of all sources.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import numba
import platformdirs

__all__ = ["FOLDER", "keep_compiled_code", "sources_hash"]

PACKAGES = ("coldplate", "correlations", "fv", "hydraulics", "numerics")
config: Any = numba.config
UNUSED = 30 * 86400.0  # [s] after which the code of an older state is removed


def keep_compiled_code() -> Path:
    """Choose the folder for this state of the sources and tell Numba; called before anything is compiled.

    Below ``NUMBA_CACHE_DIR`` when that is set, else in the user's cache folder, else in a folder of the user's own
    among the temporary files, so that an installation which nobody may write to works as well.

    Returns
    -------
    Path
        The folder, which exists.
    """
    name = f"thermal-{sources_hash(Path(__file__).parent)}"
    given = [Path(config.CACHE_DIR)] if config.CACHE_DIR else []
    for base in (*given, platformdirs.user_cache_path("thermal"), _own_temporary()):
        folder = base if base.name == name else base / name
        if _usable(folder):
            config.CACHE_DIR = str(folder)
            _forget_older(folder)
            return folder
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    config.CACHE_DIR = str(folder)
    return folder


def sources_hash(root: Path) -> str:
    """Hash of every source file that holds compiled code or is called by it; 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            digest.update(file.name.encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _own_temporary() -> Path:
    owner = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"thermal-{owner}"


def _usable(folder: Path) -> bool:
    """Whether the folder can be made and written, and belongs to this user: what lies there is run."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
            return False
        os.utime(folder)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _forget_older(folder: Path) -> None:
    """Remove the code of other states that nobody has used for a month."""
    for other in folder.parent.glob("thermal-*"):
        try:
            if other != folder and other.is_dir() and time.time() - other.stat().st_mtime > UNUSED:
                shutil.rmtree(other, ignore_errors=True)
        except OSError:
            continue


FOLDER = keep_compiled_code()
