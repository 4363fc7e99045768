from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from thermal.errors import InputError
from thermal.results.csv_file import check_csv, write_csv
from thermal.results.whole_file import written_file

HEADINGS = ("flow [L/min]", "note")


def test_a_table_is_written_and_replaced(tmp_path: Path) -> None:
    target = tmp_path / "table.csv"
    write_csv(target, HEADINGS, [(1.5, "a,b"), (2.0, None)])
    assert target.read_text(encoding="utf-8") == 'flow [L/min],note\n1.5,"a,b"\n2.0,\n'
    write_csv(target, HEADINGS, [])
    assert target.read_text(encoding="utf-8") == "flow [L/min],note\n"
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    umask = os.umask(0)
    os.umask(umask)
    assert target.stat().st_mode & 0o777 == 0o666 & ~umask


def test_a_failure_leaves_the_earlier_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "table.csv"
    target.write_text("earlier", encoding="utf-8")

    def rows() -> Iterator[tuple[float, str]]:
        yield 1.0, "x"
        raise OSError("no space left")  # noqa: EM101 - stands for the disk

    with pytest.raises(InputError, match=r"--csv: could not be written .*no space left"):
        write_csv(target, HEADINGS, rows())
    assert target.read_text(encoding="utf-8") == "earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_a_message_names_no_draft(tmp_path: Path) -> None:
    target = tmp_path / "picture.png"
    with pytest.raises(InputError) as caught, written_file(target, "--png") as draft:
        draft.unlink()
    assert "No such file or directory" in str(caught.value)
    assert draft.name not in str(caught.value)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    refused = (
        (tmp_path, "is a folder"),
        (tmp_path / "none" / "x.csv", "is no folder"),
        (tmp_path / "pipe", "no regular file"),
        (Path("a\0b"), "cannot be used"),
    )
    for path, message in refused:
        with pytest.raises(InputError, match=message):
            check_csv(path)
    assert check_csv(tmp_path / "new.csv") == (tmp_path / "new.csv").resolve()
