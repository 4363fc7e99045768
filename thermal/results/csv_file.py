"""One CSV file, written whole or not at all."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

from thermal.results.whole_file import check_file, write_whole

__all__ = ["check_csv", "write_csv"]

OPTION = "--csv"


def check_csv(file: str | Path) -> Path:
    """Return the file resolved, once sure that it may be written.

    Raises
    ------
    InputError
        When it is a folder or another thing that is no file, or its folder is missing or cannot be written.
    """
    return check_file(file, OPTION)


def write_csv(file: str | Path, headings: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    """Write a table beside the target and give it the target's name once it is whole on disk.

    Parameters
    ----------
    file : str or Path
        The target; an earlier file is replaced.
    headings : sequence of str
        One per column, with the unit in brackets.
    rows : iterable of iterable
        Cells; None is left empty.

    Raises
    ------
    InputError
        When the target may not be written, or the disk refuses; whatever was there before is still there.
    """

    def fill(out: TextIO) -> None:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)

    write_whole(file, OPTION, fill)
