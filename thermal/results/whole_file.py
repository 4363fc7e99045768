"""A file written whole or not at all, beside its target first."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from thermal.errors import InputError, Problem

__all__ = ["check_file", "check_marked_file", "write_whole", "written_file"]

YAML = (".yaml", ".yml")


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


def check_marked_file(file: str | Path, option: str, mark: str, what: str) -> None:
    """Make sure that a YAML file for racks to include may be written, and that it is not a file of the user's own.

    Parameters
    ----------
    file, option
        As of `check_file`.
    mark : str
        With which a file begins that may be replaced.
    what : str
        Such a file's content, for the message.

    Raises
    ------
    InputError
        For another ending than YAML's, or when it cannot be written, or is there without the mark.
    """
    target = check_file(file, option)
    if target.suffix.lower() not in YAML:
        name = f"the ending {target.suffix!r}" if target.suffix else "a name without an ending"
        raise _problem(file, option, f"YAML is written, and {name} does not say so", f"end it in {' or '.join(YAML)}")
    if not target.exists():
        return
    try:
        with target.open(encoding="utf-8") as stream:
            ours = stream.read(len(mark)) == mark
    except (OSError, UnicodeDecodeError):
        ours = False
    if not ours:
        wrong = f"is there already, and holds no {what}"
        raise _problem(file, option, wrong, "give the name of a new file")


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
    with written_file(file, option) as draft, draft.open("w", encoding="utf-8", newline="") as out:
        fill(out)


@contextmanager
def written_file(file: str | Path, option: str) -> Iterator[Path]:
    """Give an empty file beside the target, of the same ending; on leaving it takes the target's name.

    Parameters
    ----------
    file : str or Path
        The target; an earlier file is replaced.
    option : str
        As of `check_file`.

    Raises
    ------
    InputError
        When the target may not be written, or the disk refuses; whatever was there before is still there.
    """
    target = check_file(file, option)
    try:
        number, name = tempfile.mkstemp(prefix=f".{target.stem[:100]}-", suffix=target.suffix, dir=target.parent)
        os.close(number)
        draft = Path(name)
        try:
            yield draft
            draft.chmod(0o666 & ~_umask())  # mkstemp gives 0600
            _to_disk(draft)
            draft.replace(target)
        except BaseException:
            with suppress(OSError):
                draft.unlink()
            raise
    except OSError as error:
        raise _problem(file, option, f"could not be written ({error.strerror or error})",
                       "free space or choose another file") from error  # fmt: skip


def _to_disk(file: Path) -> None:
    number = os.open(file, os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


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
