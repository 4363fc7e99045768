"""A report is written by the ending of its file, whole or not at all, and refused where it cannot be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from thermal.errors import InputError
from thermal.views.chart.model import Chart, Series
from thermal.views.report import Column, Report, ReportTable, Section, Text
from thermal.views.reports.file import ENDINGS, check_charts, check_report, write_charts, write_report

CHART = Chart("flows", "bars", "Flows", "L/min", ["a", "b"], [Series("flow", [1.0, 2.0])], description="Two flows.")
ROWS = [{"what": "a", "value": 1.25}]
TABLE = ReportTable("numbers", "Numbers", (Column("what", "What"), Column("value", "Value", "number", 2)), ROWS)
REPORT = Report("A rack", "at work", [Section("Verdict", [Text(("Fine.",)), TABLE, CHART])], {"version": "0"})


@pytest.mark.parametrize("ending", [*ENDINGS, ".HTML"])
def test_each_ending_gives_its_form(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"report{ending}"
    write_report(REPORT, file)
    signs = {".xlsx": b"pk", ".md": b"# a rack"}
    assert file.read_bytes()[:100].lower().startswith(signs.get(ending.lower(), b"<!doctype html>"))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("name", ["report.pdf", "report", "report.html.zip", ".html"])
def test_another_ending_is_refused_with_those_there_are(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"\.html, \.htm, \.xlsx, \.md"):
        check_report(tmp_path / name)
    with pytest.raises(InputError):
        write_report(REPORT, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder"):
        check_report(tmp_path / "missing" / "report.html")
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        check_report(tmp_path / "folder.md")


def test_charts_are_written_as_png_and_svg_beside_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert write_charts(REPORT, tmp_path) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", "flows.png", "flows.svg"}
    assert (tmp_path / "flows.png").read_bytes().startswith(b"\x89PNG")


def test_a_new_folder_of_charts_is_made(tmp_path: Path) -> None:
    assert check_charts(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert not (tmp_path / "a").exists()  # only looked at
    write_charts(REPORT, tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b" / "flows.svg").is_file()


def test_a_folder_of_charts_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="is a file"):
        check_charts(tmp_path / "file")
    with pytest.raises(InputError, match="cannot be"):
        check_charts(tmp_path / "file" / "below")
    with pytest.raises(InputError, match="cannot be used"):
        check_charts("a\0b")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_leave_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o500)
    with pytest.raises(InputError, match="folder that you may write"):
        check_charts(tmp_path / "shut" / "charts")
