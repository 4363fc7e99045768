from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.yaml"
    path.write_text("name: broken\nsttaus: generic\npower_state: 7\n", encoding="utf-8")
    return path


def test_a_good_rack_gets_one_line(command: Command) -> None:
    finished = command("validate", "gb300_nvl72", "gb200_nvl72")
    assert finished.status == 0
    lines = finished.out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("OK  gb300_nvl72")
    assert "18 compute + 9 switch" in lines[0]
    assert finished.err == ""


def test_every_problem_of_every_file_comes_at_once(command: Command, broken: Path) -> None:
    finished = command("validate", str(broken), "gb300_nvl72", "no_such_rack")
    assert finished.status == 2
    assert f"{broken}:2:1: sttaus: " in finished.err
    assert "no_such_rack" in finished.err
    assert "Traceback" not in finished.err
    assert finished.out.startswith("OK  gb300_nvl72")


def test_problems_as_json(command: Command, broken: Path) -> None:
    finished = command("validate", str(broken), "--json")
    found = json.loads(finished.out)
    assert finished.status == 2
    assert finished.err == ""
    assert found["valid"] is False
    first = next(problem for problem in found["problems"] if problem["path"] == "sttaus")
    assert (first["file"], first["line"], first["column"]) == (str(broken), 2, 1)
    assert first.keys() == {"file", "line", "column", "path", "wrong", "right"}


def test_quiet_is_quiet_when_all_is_well(command: Command) -> None:
    finished = command("validate", "gb300_nvl72", "--quiet")
    assert (finished.status, finished.out, finished.err) == (0, "", "")
