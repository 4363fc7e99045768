"""``--report`` and ``--charts``: refused before the work, written after it, and told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
PAIR = ("gb300_nvl72", "vr200_nvl144_cpx")


@pytest.mark.parametrize(
    ("option", "target", "message"),
    [
        ("--report", "out.pdf", "the ending '.pdf' says nothing of the form wanted; end it in one of .html"),
        ("--report", "out", "a name without an ending"),
        ("--report", "missing/out.html", "make the folder first"),
        ("--charts", "taken", "is a file"),
    ],
)
def test_targets_are_refused_before_the_work(
    command: Command, solver: Any, tmp_path: Path, option: str, target: str, message: str
) -> None:
    (tmp_path / "taken").touch()
    for arguments in (("simulate", "x"), ("compare", "x", "y")):
        finished = command(*arguments, option, str(tmp_path / target))
        assert finished.status == 2
        assert message in finished.err
        assert finished.out == ""
    assert solver.loaded == []
    assert solver.bands == []


def test_a_run_is_reported_and_said_so(command: Command, tmp_path: Path) -> None:
    file, charts = tmp_path / "run.md", tmp_path / "charts"
    finished = command("simulate", "gb300_nvl72", "--report", str(file), "--charts", str(charts))
    assert finished.status == 0
    assert "writing the report and charts …" in finished.err
    assert f"  report     {file}\n  charts     {charts}: " in finished.out
    assert file.read_text(encoding="utf-8").startswith("# NVIDIA GB300 NVL72: steady state\n")
    made = {path.name for path in charts.iterdir()}
    assert {"pressure_path_gb300_nvl72.png", "pressure_path_gb300_nvl72.svg", "plate_curves.png"} <= made


def test_with_json_only_the_object_is_on_stdout(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "both.md"
    finished = command("compare", *PAIR, "--json", "--quiet", "--report", str(file))
    assert finished.status == 0
    content = json.loads(finished.out)
    assert content.keys() == {"racks", "bills", "differences", "hardware", "books"}
    assert [bill["per_gpu"] for bill in content["bills"]] == [498.75, 971.25]
    text = file.read_text(encoding="utf-8")
    assert "498.75" in text
    assert "69,930" in text
    assert finished.err == ""


def test_quiet_is_quiet(command: Command, tmp_path: Path) -> None:
    finished = command("simulate", "gb300_nvl72", "--quiet", "--charts", str(tmp_path / "charts"))
    assert (finished.status, finished.out, finished.err) == (0, "", "")
    assert (tmp_path / "charts" / "plate_curves.svg").is_file()
