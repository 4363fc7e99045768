"""Where an export goes: an ending that stands for something, and a file that is written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeVar

from thermal.errors import InputError, Problem
from thermal.results.whole_file import check_file, written_file

__all__ = ["OPTION", "known_ending", "problem", "target_of", "written"]

OPTION = "--to"  # that names the file on the command line
BLOCKS = frozenset({".vtu", ".vtp", ".vtr", ".vti", ".vts", ".vtm"})  # files of a folder that a .vtm goes with


class Titled(Protocol):
    """What an ending stands for."""

    @property
    def title(self) -> str:
        """What is written, in a line."""


Form = TypeVar("Form", bound=Titled)


def known_ending(file: str | Path, formats: Mapping[str, Form], option: str = OPTION) -> tuple[str, Form]:
    """Return the ending of a file and what it stands for; refuse one that stands for nothing.

    Parameters
    ----------
    file : str or Path
        The target.
    formats : mapping of str to Titled
        What endings stand for.
    option : str
        What named the file, for messages.

    Raises
    ------
    InputError
        Another ending; those that there are are listed.
    """
    ending = Path(file).suffix.lower()
    if ending not in formats:
        known = "; ".join(f"{name} ({one.title})" for name, one in formats.items())
        wrong = f"nothing is exported to {ending or 'a file without an ending'}"
        raise problem(file, option, wrong, f"end in {known}")
    return ending, formats[ending]


def target_of(file: str | Path, ending: str, option: str = OPTION) -> Path:
    """Return the file resolved, once sure that it, and a folder that goes with it, may be written."""
    target = check_file(file, option)
    if ending == ".vtm":
        _check_folder(file, target, option)
    return target


def written(file: str | Path, target: Path, write: Callable[[Path], None], option: str = OPTION) -> Path:
    """Write a file, and the folder that goes with a ``.vtm``, whole or not at all; return where it is."""
    if target.suffix.lower() == ".vtm":
        _with_folder(file, target, write, option)
        return target
    with written_file(target, option) as draft:
        write(draft)
    return target


def _with_folder(file: str | Path, target: Path, write: Callable[[Path], None], option: str) -> None:
    """Write a file and the folder that goes with it aside, then put both in place: the folder first, the file last."""
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.stem[:100]}-", dir=target.parent) as name:
            aside = Path(name)
            write(aside / target.name)
            if not (aside / target.name).is_file():
                raise problem(file, option, "could not be written", "free space or choose another file")
            folder, earlier = target.with_suffix(""), aside / "earlier"
            _check_folder(file, target, option)  # made while ours was written
            if folder.exists():
                folder.replace(earlier)
            try:
                (aside / target.stem).replace(folder)
                (aside / target.name).replace(target)
            except OSError:
                if earlier.exists():
                    shutil.rmtree(folder, ignore_errors=True)
                    with suppress(OSError):
                        earlier.replace(folder)
                raise
    except OSError as error:
        raise problem(file, option, f"could not be written ({error})", "free space or choose another file") from error


def _check_folder(file: str | Path, target: Path, option: str) -> None:
    """Refuse a folder beside a ``.vtm`` that holds anything but the blocks of an earlier one."""
    folder = target.with_suffix("")
    if not os.path.lexists(folder):
        return
    ours = folder.is_dir() and not folder.is_symlink() and all(one.suffix in BLOCKS for one in folder.iterdir())
    if not ours or not target.exists():
        wrong = f"its blocks go to the folder {folder.name} beside it, where something else is"
        raise problem(file, option, wrong, f"name it {_free_name(target)}, or move that folder away")


def _free_name(target: Path) -> str:
    """Return a name like this one of which neither the file nor the folder is there."""
    numbered = (target.with_name(f"{target.stem}_view{n or ''}{target.suffix}") for n in (0, *range(2, 1000)))
    free = (one for one in numbered if not os.path.lexists(one) and not os.path.lexists(one.with_suffix("")))
    return next(free, target).name


def problem(file: str | Path, path: str, wrong: str, right: str) -> InputError:
    """Return what is wrong with a file as an error."""
    return InputError([Problem(str(file), 0, 0, path, wrong, right)])
