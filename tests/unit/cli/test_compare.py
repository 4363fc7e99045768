from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from thermal.results.dataset import Results

Command = Callable[..., Any]


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch, small_results: Results) -> list[str]:
    """Real racks and prices, but the same small run for each; gives the names that were simulated."""
    names: list[str] = []

    def simulate(rack: Any, *, band: bool = False) -> Results:
        names.append(rack.name)
        return replace(small_results, summary={**small_results.summary, "rack": rack.name})

    package, steady = ModuleType("thermal.simulation"), ModuleType("thermal.simulation.steady")
    package.__path__ = []
    steady.__dict__.update(simulate=simulate, compile_notice=lambda: None)
    monkeypatch.setitem(sys.modules, "thermal.simulation", package)
    monkeypatch.setitem(sys.modules, "thermal.simulation.steady", steady)
    return names


def test_the_difference_is_explained_by_the_book_both_share(command: Command, simulated: list[str]) -> None:
    finished = command("compare", "gb300_nvl72", "vr200_nvl144_cpx")
    assert finished.status == 0
    assert simulated == ["gb300_nvl72", "vr200_nvl144_cpx"]
    assert "avc_broker_2025: $35,910 (gb300_nvl72) → $69,930 (vr200_nvl144_cpx): +$34,020" in finished.out
    assert "morgan_stanley" not in finished.out


def test_json(command: Command, simulated: list[str]) -> None:
    content = json.loads(command("compare", "gb300_nvl72", "vr200_nvl72", "gb200_nvl72", "--json").out)
    assert [summary["rack"] for summary in content["racks"]] == ["gb300_nvl72", "vr200_nvl72", "gb200_nvl72"]
    for difference in content["differences"]:
        change = difference["total_b"] - difference["total_a"]
        assert sum(step["change"] for step in difference["steps"]) == pytest.approx(change, abs=1e-6)
        for step in difference["steps"]:
            assert step["quantity_effect"] + step["price_effect"] == pytest.approx(step["change"], abs=1e-6)
    first = content["differences"][0]
    assert (first["rack_a"], first["rack_b"]) == ("gb300_nvl72", "vr200_nvl72")


def test_gaps_of_the_book_are_told_and_the_total_is_partial(command: Command, simulated: list[str]) -> None:
    arguments = ("compare", "gb300_nvl72", "gb200_nvl72", "--prices", "morgan_stanley_2025")
    text = command(*arguments).out
    assert "→ $24,660 partial (gb200_nvl72): −$25,200\n" in text
    assert "not priced by the book: 72 gb200_gpu_plate in gb200_nvl72" in text
    assert "108 → 36" not in text
    content = json.loads(command(*arguments, "--json").out)
    assert [bill["complete"] for bill in content["bills"]] == [True, False]
    (difference,) = content["differences"]
    assert difference["complete"] is False
    unpriced = {"rack": "gb200_nvl72", "item": "gpu_plate", "part": "gb200_gpu_plate", "quantity": 72}
    assert difference["unpriced"] == [unpriced]


@pytest.mark.parametrize("racks", [("gb300_nvl72", "vr200_nvl72"), ("gb300_nvl72", "vr200_nvl144_cpx")])
def test_books_are_complete_for_the_racks_they_are_written_for(
    command: Command, simulated: list[str], racks: tuple[str, str]
) -> None:
    content = json.loads(command("compare", *racks, "--json").out)
    assert [bill["complete"] for bill in content["bills"]] == [True, True]
    assert [(entry["complete"], entry["unpriced"]) for entry in content["differences"]] == [(True, [])]


def test_a_comparison_is_stored_with_its_runs(command: Command, simulated: list[str], tmp_path: Path) -> None:
    out = tmp_path / "both"
    assert command("compare", "gb300_nvl72", "vr200_nvl72", "--quiet", "--out", str(out)).status == 0
    expected = {"comparison.json", "bill.csv", "manifest.json", "gb300_nvl72", "vr200_nvl72"}
    assert {path.name for path in out.iterdir()} == expected
    assert (out / "vr200_nvl72" / "results.nc").is_file()


def test_a_comparison_with_notes_in_a_run_is_left_alone(command: Command, simulated: list[str], tmp_path: Path) -> None:
    out = ("compare", "gb300_nvl72", "vr200_nvl72", "--quiet", "--out", str(tmp_path / "both"))
    assert [command(*out).status, command(*out).status] == [0, 0]
    (tmp_path / "both" / "vr200_nvl72" / "notes.txt").touch()
    simulated.clear()
    finished = command(*out)
    assert finished.status == 2
    assert "holds vr200_nvl72/notes.txt besides the files of the earlier comparison" in finished.err
    assert simulated == []


def test_one_rack_or_the_same_twice_is_refused(command: Command, simulated: list[str]) -> None:
    one = command("compare", "gb300_nvl72")
    assert one.status == 2
    assert "name two or more" in one.err
    twice = command("compare", "gb300_nvl72", "gb300_nvl72")
    assert twice.status == 2
    assert "two racks have the name 'gb300_nvl72'" in twice.err
    assert simulated == []
