"""A text file written whole or not at all, beside its target first."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from thermal.errors import InputError, Problem

__all__ = ["check_file", "write_whole"]


def check_file(file: str | Path, option: str) -> Path:
    """Return the file resolved, once sure that it may be written.

    Parameters
    ----------
    file : str or Path
        The target.
    option : str
        Option of the command line that named it, for messages.

    Raises
    ------
    InputError
        When it is a folder or another thing that is no file, or its folder is missing or cannot be written.
    """
    target, refusal = Path(), ("", "")
    try:
        target = Path(file).expanduser().resolve()
        refusal = _refusal(target)
    except (OSError, ValueError, RuntimeError) as error:
        refusal = f"cannot be used ({error})", "choose another file"
    if any(refusal):
        raise _problem(file, option, *refusal)
    return target


def write_whole(file: str | Path, option: str, fill: Callable[[TextIO], None]) -> None:
    """Write a file beside the target and give it the target's name once it is whole on disk.

    Parameters
    ----------
    file : str or Path
        The target; an earlier file is replaced.
    option : str
        As of `check_file`.
    fill : callable
        Writes the content.

    Raises
    ------
    InputError
        When the target may not be written, or the disk refuses; whatever was there before is still there.
    """
    target = check_file(file, option)
    try:
        number, draft = tempfile.mkstemp(prefix=f".{target.name[:100]}-", dir=target.parent)
        try:
            with os.fdopen(number, "w", encoding="utf-8", newline="") as out:
                fill(out)
                out.flush()
                os.fchmod(number, 0o666 & ~_umask())  # mkstemp gives 0600
                os.fsync(number)
            Path(draft).replace(target)
        except BaseException:
            with suppress(OSError):
                Path(draft).unlink()
            raise
    except OSError as error:
        raise _problem(file, option, f"could not be written ({error})", "free space or choose another file") from error


def _refusal(target: Path) -> tuple[str, str]:
    """Say why a file cannot be written there, and what to do; two empty texts when it can."""
    if target.is_dir():
        return "is a folder", "give the name of a file in it"
    if target.exists() and not target.is_file():
        return "is no regular file", "give the name of a file"
    if not target.parent.is_dir():
        return f"lies in {target.parent}, which is no folder", "make the folder first"
    if not os.access(target.parent, os.W_OK | os.X_OK):
        return f"cannot be made in {target.parent}", "give a folder that you may write"
    return "", ""


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def _problem(file: str | Path, option: str, wrong: str, right: str) -> InputError:
    return InputError([Problem(str(file), 0, 0, option, wrong, right)])
