from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thermal.errors import InputError, Problem
from thermal.rack.loader import load_rack

Write = Callable[..., Path]
LoadAll = Callable[..., tuple[Problem, ...]]


def including(*files: str) -> tuple[str, str]:
    return ("name: small\n", f"name: small\ninclude: [{', '.join(files)}]\n")


def refused(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        load_rack(path)
    return caught.value.problems


def test_parts_of_an_included_file_are_there(rack_file: Write, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "valves.yaml").write_text("parts:\n  gate2: {kind: valve, cv: 3}\n")
    rack = load_rack(rack_file(including("more/valves.yaml"), ("        - gate\n", "        - gate2\n")))
    assert rack.parts["gate2"].cv.value == 3.0  # type: ignore[union-attr]
    assert "gate2: {kind: valve" in rack.text


def test_bundled_catalogues_can_be_included_from_anywhere(rack_file: Write) -> None:
    assert "grace" in load_rack(rack_file(including("parts/packages.yaml", "parts/air.yaml"))).parts


def test_a_file_included_twice_is_read_once(rack_file: Write, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("include: [c.yaml]\nparts: {}\n")
    (tmp_path / "b.yaml").write_text("include: [c.yaml]\n")
    (tmp_path / "c.yaml").write_text("parts: {v: {kind: valve, cv: 1}}\n")
    assert "v" in load_rack(rack_file(including("a.yaml", "b.yaml", "c.yaml"))).parts


def test_a_problem_is_shown_in_the_file_where_the_value_stands(rack_file: Write, tmp_path: Path) -> None:
    inner = tmp_path / "valves.yaml"
    inner.write_text("parts:\n  gate2: {kind: valve, cv: -3}\n  gate3: {extends: gate2}\n")
    (problem,) = refused(rack_file(including("valves.yaml")))
    assert (problem.file, problem.line, problem.column) == (str(inner), 2, 28)
    assert problem.path == "parts.gate2.cv", "told for the part that has it, not again for the one that inherits it"


def test_the_problems_of_all_files_come_together(rack_file: Write, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("parts: {v: {kind: valve, cv: 1 W}}\n")
    (tmp_path / "b.yaml").write_text("partz: {}\n")
    problems = refused(rack_file(including("a.yaml", "b.yaml"), ("length: 0.5 m", "length: 0.5 kg")))
    assert [Path(problem.file).name for problem in problems] == ["a.yaml", "b.yaml", "small.yaml"]
    assert "did you mean 'parts'?" in problems[1].right


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ("missing.yaml", "'missing.yaml': there is no such file"),
        ("../outside.yaml", "outside the allowed folders"),
        ("/etc/passwd", "outside the allowed folders"),
        ("link.yaml", "outside the allowed folders"),
        ("folder", "this is a folder"),
        ("empty.yaml", "'empty.yaml'"),
        ('"a\\0b"', ""),
    ],
)
def test_an_include_that_cannot_be_read_is_told_at_its_place(
    rack_file: Write, tmp_path: Path, entry: str, wrong: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "outside.yaml").write_text("parts: {}\n")
    (home / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (home / "folder").mkdir()
    path = rack_file(including(entry)).rename(home / "small.yaml")
    if entry == "empty.yaml":
        (home / "empty.yaml").touch()
        (problem,) = refused(path)
        assert problem.file == str(home / "empty.yaml")
        assert "the file is empty" in problem.wrong
        return
    (problem,) = refused(path)
    assert wrong in problem.wrong
    assert (problem.file, problem.line, problem.path) == (str(path), 2, "include")
    assert problem.column == 11


def test_includes_in_a_circle_are_told(rack_file: Write, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("include: [b.yaml]\n")
    (tmp_path / "b.yaml").write_text("include: [a.yaml]\n")
    (problem,) = refused(rack_file(including("a.yaml")))
    assert "the include is circular" in problem.wrong
    assert problem.file == str(tmp_path / "b.yaml")


def test_a_file_that_includes_itself_is_told(rack_file: Write) -> None:
    (problem,) = refused(rack_file(including("small.yaml")))
    assert "the include is circular" in problem.wrong


def test_an_include_that_is_no_yaml_does_not_make_its_parts_missing(rack_file: Write, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("parts: {x: [}\n")
    (problem,) = refused(rack_file(including("a.yaml"), ("        - gate\n", "        - from_a\n")))
    assert "not YAML" in problem.wrong
    assert problem.file == str(tmp_path / "a.yaml")


@pytest.mark.parametrize("entry", ["7", "{a: b}", "[x]"])
def test_an_include_that_is_no_path_is_told(rack_file: Write, entry: str) -> None:
    (problem,) = refused(rack_file(including(entry)))
    assert (problem.path, problem.line) == ("include[1]", 2)
    assert "is not text" in problem.wrong


def test_a_part_defined_twice_names_both_places(rack_file: Write, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("parts:\n  gate: {kind: valve, cv: 1}\n")
    path = rack_file(including("a.yaml"))
    (problem,) = refused(path)
    assert problem.file == str(tmp_path / "a.yaml")
    assert "part 'gate' is defined twice" in problem.wrong
    assert f"{path}:15" in problem.wrong


# ------------------------------------------------------------------------------------------------------------- extends

BASE = """\
  base:
    kind: plate
    title: a base
    basis: published
    source: its sheet
    pressure_drop: {point: {flow: 2 L/min, pressure_drop: 10 kPa, exponent: 1.7}}
    resistance:
      power: {value: {value: 0.03 K/W, low: 0.02 K/W, high: 0.04 K/W, basis: fitted}, flow: 2 L/min, exponent: 0.4}
"""


def extended(rack_file: Write, child: str) -> Path:
    return rack_file(("  fan: {kind: fan", f"{BASE}  child: {child}\n  fan: {{kind: fan"))


def test_a_part_takes_over_what_it_does_not_give(rack_file: Write) -> None:
    rack = load_rack(extended(rack_file, "{extends: base, resistance: {power: {exponent: 0.5}}}"))
    child = rack.parts["child"]
    law = child.resistance.power  # type: ignore[union-attr]
    assert (law.exponent.value, law.value.low, child.title) == (0.5, 0.02, "a base")
    assert (law.value.basis, law.value.source) == ("fitted", None), "a stated basis does not take the part's source"
    assert (law.flow.basis, law.flow.source) == ("published", "its sheet")


def test_a_value_given_anew_takes_its_range_away(rack_file: Write) -> None:
    rack = load_rack(extended(rack_file, "{extends: base, resistance: {power: {value: {value: 0.1 K/W}}}}"))
    value = rack.parts["child"].resistance.power.value  # type: ignore[union-attr]
    assert (value.value, value.low, value.high) == (0.1, None, None)


def test_one_alternative_takes_the_place_of_the_other(rack_file: Write) -> None:
    table = "{extends: base, resistance: {table: [[1 L/min, 0.05 K/W], [2 L/min, 0.04 K/W]]}}"
    resistance = load_rack(extended(rack_file, table)).parts["child"].resistance  # type: ignore[union-attr]
    assert resistance.power is None
    assert len(resistance.table) == 2


def test_each_value_keeps_the_credit_of_the_part_that_wrote_it(rack_file: Write) -> None:
    child = "{extends: base, basis: assumed, resistance: {power: {exponent: 0.5}}}"
    law = load_rack(extended(rack_file, child)).parts["child"].resistance.power  # type: ignore[union-attr]
    assert (law.exponent.basis, law.exponent.source) == ("assumed", None)
    assert (law.flow.basis, law.flow.source) == ("published", "its sheet")


def test_a_new_source_alone_keeps_the_basis(rack_file: Write) -> None:
    child = "{extends: base, source: another sheet, resistance: {power: {exponent: 0.5}}}"
    law = load_rack(extended(rack_file, child)).parts["child"].resistance.power  # type: ignore[union-attr]
    assert (law.exponent.basis, law.exponent.source) == ("published", "another sheet")
