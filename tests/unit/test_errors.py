from __future__ import annotations

from thermal.errors import Problem


def test_a_problem_in_a_file_tells_line_and_column() -> None:
    problem = Problem("rack.yaml", 3, 7, "coolant.fluid", "'PG26' is unknown", "name PG25")
    assert str(problem) == "rack.yaml:3:7: coolant.fluid: 'PG26' is unknown; name PG25"


def test_a_problem_of_a_whole_thing_tells_neither() -> None:
    assert (
        str(Problem("--out", 0, 0, "folder", "is a file", "name a folder")) == "--out: folder: is a file; name a folder"
    )
