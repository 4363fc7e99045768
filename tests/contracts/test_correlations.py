"""Every public closure states its units, its range and its source."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "thermal" / "correlations"


def public_closures() -> list[tuple[str, str]]:
    """Name and docstring of every compiled function that a module of closures gives away."""
    found = []
    for path in sorted(FOLDER.glob("[a-z]*.py")):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        compiled = {node.name: node for node in body if isinstance(node, ast.FunctionDef) and is_compiled(node)}
        listed = [ast.literal_eval(node.value) for node in body if isinstance(node, ast.Assign) and is_all(node)]
        names = listed[0] if listed else [name for name in compiled if not name.startswith("_")]
        found += [
            (f"{path.stem}.{name}", ast.get_docstring(compiled[name]) or "") for name in names if name in compiled
        ]
    return found


def is_all(node: ast.Assign) -> bool:
    return isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__"


def is_compiled(node: ast.FunctionDef) -> bool:
    return any("njit" in ast.unparse(decorator) for decorator in node.decorator_list)


def lacking(docstring: str) -> list[str]:
    """What a closure's docstring does not say."""
    lines = [line.strip() for line in docstring.splitlines()]
    missing = [
        f"a line {start!r}" for start in ("Range:", "Source:") if not any(line.startswith(start) for line in lines)
    ]
    if not re.search(r"\[[^\]\n]+\]", docstring):
        missing.append("a [unit]")
    return missing


CLOSURES = dict(public_closures())


@pytest.mark.parametrize("name", CLOSURES)
def test_a_closure_states_units_range_and_source(name: str) -> None:
    assert lacking(CLOSURES[name]) == []


def test_there_are_closures() -> None:
    assert len(CLOSURES) > 5


def test_the_rule_can_be_broken() -> None:
    assert lacking("Darcy friction factor.") == ["a line 'Range:'", "a line 'Source:'", "a [unit]"]
    assert lacking("Factor [1].\n\nRange: Re < 2000.\nSource: Shah & London 1978.") == []
