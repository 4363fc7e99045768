"""A folder written whole or not at all, and a manifest that tells a good one from a broken or foreign one."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from thermal.errors import InputError, Problem

__all__ = ["FORMAT", "MANIFEST", "check_manifest", "check_target", "listed", "written_folder"]

FORMAT = 2  # of the folders; check_manifest refuses any other. 2: with the layout
MANIFEST = "manifest.json"

_DRAFT, _EARLIER = ".thermal-draft", ".thermal-earlier"  # endings of temporary folders, so that no other is swept
_ABANDONED = 3600.0  # [s] age from which a temporary folder belongs to a run that was killed
_MOST_NAMES = 5
_NAMES = {"resolved": "resolved plate"}  # of kinds whose word in the manifest names no thing


def check_target(folder: str | Path, kind: str) -> Path:
    """Return the folder resolved, once sure that a `kind` (``run``, ``bill``, …) may be written there.

    Raises
    ------
    InputError
        When it is a file, or a folder with other content than a `kind`, or one with files that its manifest does
        not list, or its parent cannot be written.
    """
    try:
        target = Path(folder).expanduser().resolve()
        if target.exists() and not target.is_dir():
            raise _problem(folder, "--out", "is a file", "give the name of a folder, new or of an earlier run")
        if target.is_dir() and any(target.iterdir()) and _kind_of(target) != kind:
            name = _NAMES.get(kind, kind)
            wrong = f"holds other files than a {name} of ours, so it is left alone"
            raise _problem(folder, "--out", wrong, f"give a new folder, or one of an earlier {name}")
        _refuse_additions(folder, target, kind)
        above = next(parent for parent in target.parents if parent.exists())
    except OSError as error:
        raise _problem(folder, "--out", f"cannot be used ({error})", "choose another folder") from error
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise _problem(folder, "--out", f"cannot be made in {above}", "give a folder that you may write")
    return target


@contextmanager
def written_folder(folder: str | Path, kind: str, about: Mapping[str, Any]) -> Iterator[Path]:
    """Give an empty folder to fill; on leaving it gets its manifest, goes to disk and takes the target's name.

    Parameters
    ----------
    folder : str or Path
        The target: new, empty, or an earlier folder of the same kind with nothing added to it, which is replaced
        once the new one is whole.
    kind : str
        What is written: ``run``, ``bill``, ``comparison``.
    about : mapping
        What else the manifest says.

    Raises
    ------
    InputError
        When the target may not be written, or the disk refuses; whatever was there before is still there.
    """
    target = check_target(folder, kind)
    try:
        with _sibling(target) as draft:
            yield draft
            _seal(draft, {"format": FORMAT, "kind": kind, **about})
            _refuse_additions(folder, target, kind)  # made while the draft was written
            _replace(draft, target)
    except OSError as error:
        raise _problem(folder, "--out", f"could not be written ({error.strerror or error})",
                       "free space or choose another") from error  # fmt: skip


def check_manifest(folder: str | Path, kind: str, needed: Collection[str]) -> Path:
    """Return the folder, once sure that it is a whole `kind` of this format with the needed files unchanged.

    Raises
    ------
    InputError
        When the folder is missing, foreign, of another format, or a needed file is missing or changed.
    """
    place = Path(folder).expanduser()
    again = "run the command again with the same --out"
    if not place.is_dir():
        wrong = "is a file, not a folder" if place.exists() else "there is no such folder"
        raise _problem(folder, kind, wrong, "name a folder that --out wrote")
    try:
        manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        found, kind_found, files = manifest["format"], manifest["kind"], dict(manifest["files"])
    except FileNotFoundError:
        wrong = f"is missing: not a stored {_NAMES.get(kind, kind)}"
        raise _problem(folder, MANIFEST, wrong, "name a folder that --out wrote") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _problem(folder, MANIFEST, f"cannot be read ({error!r})", again) from error
    if found != FORMAT:
        older = isinstance(found, int) and found < FORMAT
        wrong = f"the {_NAMES.get(kind, kind)} has format {found!r} and this version reads {FORMAT}"
        wrong += ": an earlier version wrote it" if older else ""
        raise _problem(folder, MANIFEST, wrong, f"{again}, or use the version that wrote it")
    if kind_found != kind:
        raise _problem(folder, MANIFEST, f"this is a {kind_found!r}", f"name the folder of a {_NAMES.get(kind, kind)}")
    for name in needed:
        if not (place / name).is_file():
            raise _problem(folder, name, "is missing", again)
        if _digest(place / name) != files.get(name):
            raise _problem(folder, name, "is cut short or was changed since it was written", again)
    return place


def listed(place: Path) -> frozenset[str]:
    """Return the names of the files that the manifest of a folder lists; of one that `check_manifest` found good."""
    return frozenset(json.loads((place / MANIFEST).read_text(encoding="utf-8"))["files"])


def _problem(folder: str | Path, path: str, wrong: str, right: str) -> InputError:
    return InputError([Problem(str(folder), 0, 0, path, wrong, right)])


def _kind_of(folder: Path) -> str | None:
    """Return what a folder's manifest says it is; None without a manifest of ours."""
    with suppress(OSError, ValueError):
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if isinstance(manifest, dict) and "format" in manifest:
            return str(manifest.get("kind"))
    return None


def _refuse_additions(folder: str | Path, target: Path, kind: str) -> None:
    """Refuse to replace a folder that holds what its manifest does not list: someone else's work would go with it."""
    added = _additions(target)
    if not added:
        return
    names = ", ".join(name if name.isprintable() else ascii(name)[1:-1] for name in added[:_MOST_NAMES])
    more = f" and {len(added) - _MOST_NAMES} more" if len(added) > _MOST_NAMES else ""
    wrong = f"holds {names}{more} besides the files of the earlier {_NAMES.get(kind, kind)}, which would be lost"
    raise _problem(folder, "--out", wrong, "move what is yours elsewhere, or give a new folder")


def _additions(folder: Path) -> list[str]:
    """Return the files, links and other things at any depth of a folder that its manifest does not list."""
    listed = {MANIFEST}
    with suppress(OSError, ValueError, KeyError, TypeError):
        listed |= set(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"])
    return [name for name in _files_below(folder) if name not in listed]


def _files_below(folder: Path) -> list[str]:
    """Return everything at any depth of a folder but real folders, as paths below it; none if there is no folder."""
    found: list[str] = []
    waiting = [folder] if folder.is_dir() else []
    while waiting:
        for path in waiting.pop().iterdir():
            if path.is_dir() and not path.is_symlink():
                waiting.append(path)
            else:
                found.append(path.relative_to(folder).as_posix())
    return sorted(found)


@contextmanager
def _sibling(target: Path) -> Iterator[Path]:
    """Give an empty folder beside the target; it and the parents made for it go away when left behind."""
    missing = [parent for parent in target.parents if not parent.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", suffix=_DRAFT, dir=target.parent))
    try:
        umask = os.umask(0)
        os.umask(umask)
        draft.chmod(0o777 & ~umask)  # mkdtemp gives 0700
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        if not target.exists():
            with suppress(OSError):  # someone else may have put something there meanwhile
                for parent in missing:
                    parent.rmdir()


def _sweep(target: Path) -> None:
    """Delete the temporary folders of a target that a killed run left long ago; one that cannot be is left."""
    # An earlier run that was moved aside may be the only one there is, until the target stands again.
    endings = (_DRAFT, _EARLIER) if target.exists() else (_DRAFT,)
    ours = re.compile(rf"\.{re.escape(target.name)}-[a-z0-9_]{{8}}({'|'.join(map(re.escape, endings))})")
    abandoned: list[Path] = []
    with suppress(OSError):  # a folder may be writable but not readable
        abandoned += (path for path in target.parent.iterdir() if ours.fullmatch(path.name))
    for path in abandoned:
        with suppress(OSError):
            if time.time() - path.lstat().st_mtime > _ABANDONED:
                shutil.rmtree(path)  # refuses a symbolic link


def _seal(draft: Path, about: Mapping[str, Any]) -> None:
    """Write the manifest with the hash of every file, and wait until the disk has them all."""
    files = {name: _digest(draft / name) for name in _files_below(draft)}
    text = json.dumps({**about, "files": files}, indent=2)
    (draft / MANIFEST).write_text(text + "\n", encoding="utf-8")
    for path in (*draft.iterdir(), draft):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _replace(draft: Path, target: Path) -> None:
    """Put the finished draft in the target's place; what was there comes back if that fails."""
    if not target.exists():
        draft.rename(target)
        return
    earlier = Path(tempfile.mkdtemp(prefix=f".{target.name}-", suffix=_EARLIER, dir=target.parent))
    kept = earlier / target.name
    try:
        target.rename(kept)
        draft.rename(target)
    except BaseException:  # a signal between the two renames as well
        if kept.exists() and not target.exists():
            kept.rename(target)
        raise
    finally:
        shutil.rmtree(earlier, ignore_errors=True)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
