"""Every way in which a layout may not fit, with the message it gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thermal.errors import Problem
from thermal.rack.expand import expand
from thermal.rack.loader import load_rack
from thermal.rack.placement import place

KIND = "    kind: compute\n"
MODULE = "  module:\n    kind: assembly\n"
PLATE = "  plate:\n    kind: plate\n"


def layout(text: str) -> tuple[str, str]:
    return KIND, f"{KIND}    layout:\n      {text}\n"


GOOD = "{at: [[10 mm, 300 mm], [230 mm, 300 mm]]}"

# Name: (change, path, what is wrong, what would be right)
FAULTS: dict[str, tuple[tuple[str, str], str, str, str]] = {
    "a name that is not there": (
        layout(f"modul: {GOOD}"),
        "trays.compute.layout.modul",
        "there is no 'modul' in tray 'compute'",
        "did you mean 'module'",
    ),
    "a coupling": (
        layout("inlet: {at: [[0 mm, 0 mm]]}"),
        "trays.compute.layout.inlet",
        "'inlet' is no plate and holds none",
        "take it out",
    ),
    "a device on a plate": (
        layout("gpu: {at: [[0 mm, 0 mm]]}"),
        "trays.compute.layout.gpu",
        "'gpu' sits on its plates",
        "place 'gpu_plate'",
    ),
    "too few places": (
        layout("module: {at: [[10 mm, 300 mm]]}"),
        "trays.compute.layout.module.at",
        "1 place is given for 2 'module'",
        "a `step`",
    ),
    "too many places": (
        layout("rest: {at: [[0 mm, 0 mm], [100 mm, 0 mm]]}"),
        "trays.compute.layout.rest.at",
        "2 places are given for 1 'rest'",
        "one [x, y] for each",
    ),
    "out of the tray": (
        layout("module: {at: [[10 mm, 300 mm], [300 mm, 300 mm]]}"),
        "trays.compute.layout.module.at[2]",
        "'module' 2 takes x 300 to 472 mm, y 300 to 380 mm; the tray is 440 by 768 mm",
        "move it inside",
    ),
    "before the tray": (
        layout("fans: {at: [[10 mm, -1 mm]], step: [60 mm, 0 mm]}"),
        "trays.compute.layout.fans.at[1]",
        "'fans' 1 takes x 10 to 50 mm, y -1 to 55 mm",
        "move it inside",
    ),
    "one on another": (
        layout("module: {at: [[10 mm, 300 mm], [150 mm, 300 mm]]}"),
        "trays.compute.layout.module.at[2]",
        "'module' 2 (x 150 to 322 mm, y 300 to 380 mm) overlaps 'module' 1 (x 102 to 182 mm, y 300 to 380 mm)",
        "move one of them",
    ),
    "a step and several places": (
        layout("module: {at: [[10 mm, 300 mm], [230 mm, 300 mm]], step: [1 mm, 1 mm]}"),
        "trays.compute.layout.module",
        "there are a `step` and 2 places",
        "the first place only",
    ),
    "no place": (
        layout("module: {at: []}"),
        "trays.compute.layout.module.at",
        "the list is empty",
        "give one [x, y]",
    ),
    "an assembly's plates on one another": (
        (MODULE, f"{MODULE}    layout: {{gpu_plate: {{at: [[0 mm, 0 mm], [50 mm, 0 mm]]}}}}\n"),
        "parts.module.layout.gpu_plate.at[2]",
        "'gpu_plate' 2 (x 50 to 130 mm, y 0 to 80 mm) overlaps 'gpu_plate' 1",
        "move one of them",
    ),
    "an assembly's name that is not there": (
        (MODULE, f"{MODULE}    layout: {{cpu: {{at: [[0 mm, 0 mm]]}}}}\n"),
        "parts.module.layout.cpu",
        "there is no 'cpu' in this assembly",
        "it holds 'gpu_plate'",
    ),
    "a tray wider than the rack": (
        (KIND, f"{KIND}    box: {{width: 700 mm}}\n"),
        "trays.compute.box.width",
        "the tray is 700 mm, the rack 600 mm",
        "rack.width",
    ),
    "a rack lower than its units": (
        ("unit_height: 50 mm,", "unit_height: 50 mm, height: 400 mm,"),
        "rack.height",
        "10 units of 50 mm do not fit into 400 mm",
        "500 mm at least",
    ),
    "five quarter turns": (
        layout("module: {at: [[10 mm, 300 mm], [230 mm, 300 mm]], turn: 5}"),
        "trays.compute.layout.module.turn",
        "5",
        "3",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_layout_is_told_with_place_and_remedy(name: str, problem: Callable[..., Problem]) -> None:
    change, path, wrong, right = FAULTS[name]
    found = problem(change)
    assert found.path == path
    assert wrong in found.wrong
    assert right in found.right
    assert found.line > 0


def test_a_body_and_a_box_of_one_width_are_refused(body_problem: Callable[..., Problem]) -> None:
    found = body_problem(
        ("      length: 60 mm\n", "      length: 60 mm\n"), (PLATE, f"{PLATE}    box: {{width: 9 mm}}\n")
    )
    assert (found.path, found.wrong) == ("parts.plate.box.width", "`body.width` gives it already")


def test_all_faults_of_a_layout_are_told_at_once(problems: Callable[..., tuple[Problem, ...]]) -> None:
    text = "module: {at: [[900 mm, 300 mm], [230 mm, 900 mm]]}\n      nothing: {at: [[0 mm, 0 mm]]}"
    assert len(problems(layout(text))) == 3


def test_a_layout_that_hangs_on_a_missing_part_is_not_told_twice(
    problems: Callable[..., tuple[Problem, ...]],
) -> None:
    found = problems(layout(f"module: {GOOD}"), ("{part: module, repeat: 2}", "{part: modul, repeat: 2}"))
    assert not [one for one in found if "layout" in one.path]


def test_things_stand_where_the_file_puts_them(rack_file: Callable[..., Path]) -> None:
    rack = load_rack(
        rack_file(
            layout("module: {at: [[20 mm, 310 mm], [240 mm, 310 mm]], turn: 1}\n      rest: {at: [[7 mm, 9 mm]]}")
        )
    )
    boxes = {box.path: box for box in place(rack, expand(rack)).boxes}
    tray, plate = boxes["compute[1]"], boxes["compute[1]/module[2]/gpu_plate[1]"]
    corner = [a - b for a, b in zip(plate.origin, tray.origin, strict=True)]
    assert corner[:2] == pytest.approx([0.24, 0.31])
    assert plate.turn == 1
    rest = boxes["compute[1]/rest"]
    assert [a - b for a, b in zip(rest.origin, tray.origin, strict=True)][:2] == pytest.approx([0.007, 0.009])


def test_what_the_file_does_not_place_keeps_clear_of_what_it_places(rack_file: Callable[..., Path]) -> None:
    rack = load_rack(rack_file(layout("rest: {at: [[100 mm, 60 mm]]}")))
    boxes = [box for box in place(rack, expand(rack)).boxes if box.tray == "compute[1]" and box.role == "fan"]
    rest = next(box for box in place(rack, expand(rack)).boxes if box.path == "compute[1]/rest")
    assert len(boxes) == 3
    for fan in boxes:
        apart = [
            max(a, b) - min(a + one, b + other)
            for a, one, b, other in zip(fan.origin, fan.size, rest.origin, rest.size, strict=True)
        ]
        assert max(apart[:2]) > 0.0


def test_what_does_not_fit_is_drawn_smaller_and_said(rack_file: Callable[..., Path]) -> None:
    rack = load_rack(
        rack_file(
            ("{part: module, repeat: 2}", "{part: module, repeat: 30}"), ("count: 8, cooled", "count: 60, cooled")
        )
    )
    layout = place(rack, expand(rack))
    assert any(note.startswith("compute: more than the tray holds side by side") for note in layout.notes)
