"""Of very many problems the first are shown, and only those are worked out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from thermal.errors import Problem
from thermal.rack import checks
from thermal.rack import problems as problems_module

LoadAll = Callable[..., tuple[Problem, ...]]


def test_problems_without_end_are_cut_short(problems: LoadAll) -> None:
    found = problems(("title: Two", "".join(f"k{n}: 1\n" for n in range(700)) + "title: Two"))
    assert len(found) == 501
    assert found[-1].wrong == "there are more than 500 problems"


def test_problems_that_nobody_will_see_are_not_worked_out(problems: LoadAll, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(problems_module, "_missing", lambda step, _: (f"{made.append(str(step))}{step}", "add it"))
    parts = "".join(f"  p{n}: {{kind: pipe}}\n" for n in range(2000))
    found = problems(("  fan: {kind: fan", f"{parts}  fan: {{kind: fan"))
    assert len(found) == 501
    assert len(made) == 501


def test_references_that_nobody_will_see_are_not_looked_up(problems: LoadAll, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(checks, "part_remedy", lambda name, _: f"{asked.append(name)}")
    uses = "".join(f"        - x{n}\n" for n in range(2000))
    found = problems(("        - gate\n", f"        - gate\n{uses}"))
    assert len(found) == 501
    assert len(asked) == 501


def test_an_inherited_fault_does_not_crowd_out_another(problems: LoadAll) -> None:
    heirs = "".join(f"  p{n}: {{extends: hose}}\n" for n in range(700))
    coupling = "  coupling: {kind: coupling, cv: "
    found = problems(("length: 0.5 m", "length: -1 m"), (f"{coupling}1.4", f"{heirs}{coupling}-1"))
    assert {problem.path for problem in found} == {"parts.hose.length", "parts.coupling.cv"}
