"""Every way in which the bodies of plates and packages may not fit, with the message it gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thermal.errors import InputError, Problem
from thermal.rack.loader import load_rack

MAP = "map: {blocks: [{name: hot, width: 4 mm, length: 30 mm, power: 420 W}]}"
MOULD = "      mould: {conductivity: 1 W/(m K)}\n"

# Name: (change, path, what is wrong, what would be right)
FAULTS: dict[str, tuple[tuple[str, str], str, str, str]] = {
    "chips that overlap": (
        ("at: [11 mm, 0 mm]", "at: [5 mm, 0 mm]"),
        "parts.gpu.body.chips[2]",
        "chip 'die_2' overlaps chip 'die_1'",
        "x -5 to 15 mm, y -15 to 15 mm and x -21 to -1 mm",
    ),
    "a chip outside the lid": (
        ("at: [-11 mm, 0 mm]", "at: [-16 mm, 0 mm]"),
        "parts.gpu.body.chips[1]",
        "chip 'die_1' (x -26 to -6 mm, y -15 to 15 mm) reaches beyond the package (x -25 to 25 mm, y -20 to 20 mm",
        "from the package's centre",
    ),
    "two chips of one name": (
        ("name: die_2", "name: die_1"),
        "parts.gpu.body.chips[2].name",
        "two chips are named 'die_1'",
        "its own name",
    ),
    "a layer with a hole": (
        (MOULD, ""),
        "parts.gpu.body",
        "the layer of chips has holes: they cover 1200 of 2000 mm2",
        "add `mould",
    ),
    "shares that do not sum": (
        ("share: 0.4", "share: 0.3"),
        "parts.gpu.body.chips",
        "the shares of the chips sum to 0.9, not to 1",
        "part of the package's power",
    ),
    "a map that does not sum": (
        ("power: 420 W", "power: 400 W"),
        "parts.gpu.body.chips[1].map",
        "the map of chip 'die_1' sums to 400 W; its share of 0.6 of 700 W is 420 W",
        "add `rescale: true`",
    ),
    "a block outside its chip": (
        ("{name: hot,", "{name: hot, at: [9 mm, 0 mm],"),
        "parts.gpu.body.chips[1]",
        "chip 'die_1': block 'hot' reaches beyond the chip (20 mm by 30 mm)",
        "from the chip's centre",
    ),
    "blocks that overlap": (
        ("power: 420 W}]", "power: 400 W}, {width: 1 mm, length: 1 mm, power: 20 W}]"),
        "parts.gpu.body.chips[1]",
        "chip 'die_1': block '2' overlaps block 'hot'",
        "correct `map.blocks`",
    ),
    "blocks without power": (
        ("power: 420 W}]", "power: 0 W}]"),
        "parts.gpu.body.chips[1]",
        "chip 'die_1': the blocks hold no power",
        "correct `map.blocks`",
    ),
    "a map whose file is missing": (
        (MAP, "map: {csv: die.csv}"),
        "parts.gpu.body.chips[1].map.csv",
        "there is no such file",
        "check the path",
    ),
    "a map in no form": (
        (MAP, "map: {rescale: true}"),
        "parts.gpu.body.chips[1].map",
        "none is given",
        "exactly one of `blocks`, `csv`, `image`",
    ),
    "a conductivity of zero": (
        ("tim1: {thickness: 50 um, conductivity: 5 W/(m K)}", "tim1: {thickness: 50 um, conductivity: 0 W/(m K)}"),
        "parts.gpu.body.tim1.conductivity",
        "'0 W/(m K)' is not above zero",
        "positive",
    ),
    "a negative conductivity in one direction": (
        ("[100 W/(m K), 100 W/(m K), 9 W/(m K)]", "[100 W/(m K), -100 W/(m K), 9 W/(m K)]"),
        "parts.gpu.body.chips[2].conductivity[2]",
        "'-100 W/(m K)' is not above zero",
        "positive",
    ),
    "two conductivities": (
        ("[100 W/(m K), 100 W/(m K), 9 W/(m K)]", "[100 W/(m K), 100 W/(m K)]"),
        "parts.gpu.body.chips[2].conductivity[3]",
        "entry 3 of the list is missing",
        "as many entries",
    ),
    "a conductivity that is missing": (
        ("{conductivity: 1 W/(m K)}", "{}"),
        "parts.gpu.body.mould.conductivity",
        "`conductivity` is missing",
        "add `conductivity: 385 W/(m K)`",
    ),
    "a lid on nothing": (
        ("      tim1: {thickness: 50 um, conductivity: 5 W/(m K)}\n", ""),
        "parts.gpu.body",
        "there is a `lid` and no `tim1`",
        "as `tim1`",
    ),
    "fins outside the plate": (
        ("count: 100", "count: 300"),
        "parts.plate.body",
        "the finned zone (x -5 to 115 mm, y 10 to 50 mm: 300 channels of 0.2 mm between walls of 0.2 mm, 40 mm long) "
        "lies outside the plate (x 0 to 110 mm, y 0 to 60 mm)",
        "channels.count",
    ),
    "fins moved off the plate": (
        ("      plenum:", "      fins_at: [15 mm, 30 mm]\n      plenum:"),
        "parts.plate.body",
        "the finned zone (x -5 to 35 mm",
        "move `fins_at`",
    ),
    "plenums outside the plate": (
        ("plenum: {length: 5 mm}", "plenum: {length: 11 mm}"),
        "parts.plate.body.plenum",
        "fins and plenums together (x 35 to 75 mm, y -1 to 61 mm) lie outside the plate",
        "make plenum.length or channels.length smaller",
    ),
    "a slot as wide as the fins": (
        ("slot: 3 mm", "slot: 40 mm"),
        "parts.plate.body.slot",
        "the slot (40 mm) is not narrower than the fins are long (40 mm)",
        "narrower",
    ),
    "no slot": (
        ("      slot: 3 mm\n", ""),
        "parts.plate.body",
        "the channels are fed at their centre, and there is no `slot`",
        "add `slot: 3 mm`",
    ),
    "a slot where none is fed": (
        ("      split: centre\n", ""),
        "parts.plate.body.slot",
        "only a centre-fed plate has a slot",
        "take it out",
    ),
    "an interface that says nothing": (
        ("interface: {areal_resistance: {value: 0.05 cm2*K/W, low: 0.02 cm2*K/W, high: 0.1 cm2*K/W}}", "interface: {}"),
        "parts.plate.body.interface",
        "the interface does not say what it conducts",
        "give `areal_resistance`",
    ),
    "half an interface": (
        ("interface: {areal_resistance: {", "interface: {thickness: 1 mm, areal_resistance: {"),
        "parts.plate.body.interface",
        "the interface does not say what it conducts",
        "give `areal_resistance`",
    ),
    "packages that overlap": (
        ("[75 mm, 30 mm]", "[70 mm, 30 mm]"),
        "parts.plate.body.mounts",
        "package 'gpu' (x 45 to 95 mm, y 10 to 50 mm) overlaps 'gpu' (x 0 to 50 mm, y 10 to 50 mm)",
        "its own place",
    ),
    "a package beyond the plate": (
        ("[75 mm, 30 mm]", "[90 mm, 30 mm]"),
        "parts.plate.body.mounts",
        "package 'gpu' (x 65 to 115 mm, y 10 to 50 mm) reaches beyond the plate (x 0 to 110 mm",
        "larger body",
    ),
    "too few mounts": (
        ("[[25 mm, 30 mm], [75 mm, 30 mm]]", "[[25 mm, 30 mm]]"),
        "parts.plate.body.mounts",
        "there are 1 mounts, and the rack puts 2 devices on the plate (2 gpu)",
        "give a mount for each",
    ),
    "no room without mounts": (
        ("      width: 110 mm\n      plenum: {length: 5 mm}", "      width: 90 mm\n      plenum: {length: 5 mm}"),
        "parts.plate.body.mounts",
        "package 'gpu' (x 50 to 100 mm",
        "larger body",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_told_with_place_and_remedy(fault: str, body_problem: Callable[..., Problem]) -> None:
    change, path, wrong, right = FAULTS[fault]
    found = body_problem(change)
    assert found.path == path
    assert wrong in found.wrong
    assert right in found.right
    assert found.line > 0


def test_a_mount_off_the_plate_is_told(body_problems: Callable[..., tuple[Problem, ...]]) -> None:
    found = body_problems(("[75 mm, 30 mm]", "[75 mm, 70 mm]"))
    assert [problem.path for problem in found] == ["parts.plate.body.mounts", "parts.plate.body.mounts[2]"]
    assert "mount 2 at 75, 70 mm lies outside the plate" in found[1].wrong


def test_all_faults_are_told_at_once(body_problems: Callable[..., tuple[Problem, ...]]) -> None:
    plate = ("count: 100", "count: 300"), ("slot: 3 mm", "slot: 50 mm")
    gpu = ("share: 0.4", "share: 0.3"), ("at: [11 mm", "at: [0 mm"), ("power: 420 W", "power: 1 W")
    found = body_problems(*plate, *gpu)
    assert [problem.path for problem in found] == [
        "parts.plate.body", "parts.plate.body.slot",
        "parts.gpu.body.chips", "parts.gpu.body.chips[1].map", "parts.gpu.body.chips[2]",
    ]  # fmt: skip


def test_a_fault_that_is_taken_over_is_told_once(body_problem: Callable[..., Problem]) -> None:
    last = "      lid: {thickness: 2 mm, conductivity: 385 W/(m K)}\n"
    more = (last, last + "  other: {extends: gpu, title: another}\n")
    assert "sum to 0.9" in body_problem(("share: 0.4", "share: 0.3"), more).wrong


def test_a_crowd_on_one_plate_is_refused(body_problem: Callable[..., Problem]) -> None:
    crowd = "".join(f"\n      g{n}: {{package: gpu, count: 1000, cooled_by: gpu_plate}}" for n in range(5))
    alone = "gpu: {package: gpu, count: 8, cooled_by: gpu_plate}"
    found = body_problem(("      mounts: [[25 mm, 30 mm], [75 mm, 30 mm]]\n", ""), (alone, crowd.lstrip()))
    assert "1250 devices" in found.wrong
    assert "at most 1000" in found.right


SET = {
    "no chips": ({"parts.gpu.body.chips": "[]"}, "the list is empty", "one entry at least"),
    "a body without channels": (
        {"parts.plate.channels": "null"},
        "there is a `body` and no `channels`",
        "add `channels`",
    ),
}


@pytest.mark.parametrize("fault", SET)
def test_a_fault_that_is_set_is_told(fault: str, shaped: Callable[..., Path]) -> None:
    changes, wrong, right = SET[fault]
    with pytest.raises(InputError) as caught:
        load_rack(shaped(), changes)
    (found,) = caught.value.problems
    assert wrong in found.wrong
    assert right in found.right
