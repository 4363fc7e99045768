"""Closures beyond their runs are told of wherever they are at work, and chosen ones that are not at work as well."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from thermal.rack.closures import FittedClosure
from thermal.rack.loader import load_rack
from thermal.rack.schema import Rack
from thermal.simulation.plate import plate_curve
from thermal.simulation.plate_field_curve import plate_field_curve
from thermal.simulation.steady import simulate

Bench = Callable[..., Rack]
WIDE = {"reynolds": "[1, 1e4]", "prandtl": "[1, 100]", "range": "[1e-6, 100]", "losses": ""}
RESISTANCE = (
    "    resistance: {power: {value: 0.05 K/W, flow: 2 L/min, exponent: 0.4, flow_low: 1 L/min, flow_high: 4 L/min}}\n"
)


def with_closure(load: Bench, folder: Path, *changes: tuple[str, str], **ranges: str) -> Rack:
    """Load a bench with a closure on its plates, which is fit for all there is but for what is given here."""
    given = {**WIDE, **ranges}
    fit = "error_max: 0.01, error_rms: 0.01, grid_error: 0.01"
    (folder / "mine.yaml").write_text(
        f"""
closures:
  mine:
    source: made up
    channel: {{width: 0.2 mm, height: 2 mm, wall: 0.2 mm, conductivity: 385 W/(m K), path: 20 mm}}
    reynolds: {given["reynolds"]}
    prandtl: {given["prandtl"]}
    friction: {{developed: 21.17, excess: 1.0, constant: 1.0e-4, range: [1e-6, 100], {fit}}}
    film: {{developed: 7.0, entry: 0.8, exponent: 0.41, blend: 3, range: [1e-6, 100], {fit}}}
    root: {{developed: 30.0, entry: 7.6, exponent: 0.33, blend: 3.8, range: {given["range"]}, {fit}}}
    {given["losses"]}
""",
        encoding="utf-8",
    )
    own = (
        ("parts:\n", "include: [mine.yaml]\nparts:\n"),
        ("split: end_to_end}", "split: end_to_end, closure: resolved/mine}"),
    )
    return load(*own, *changes)


@pytest.fixture
def closed(plated: Bench, tmp_path: Path) -> Bench:
    """Load the bench as `with_closure`."""
    return partial(with_closure, plated, tmp_path)


def notes_of(rack: Rack, fidelity: str) -> list[str]:
    """Notes of a run that are about the closure."""
    asked = {} if fidelity == "network" else {"resolution": 0.25}
    notes = simulate(rack, fidelity=fidelity, **asked).summary["notes"]  # type: ignore[arg-type]
    return [note for note in notes if "resolved/" in note]


def told(rack: Rack, fidelity: str) -> list[str]:
    """Those on the range of its runs."""
    return [note for note in notes_of(rack, fidelity) if "is not at work" not in note]


# The coolant has 1e-3 Pa s, 4000 J/(kg K) and 0.6 W/(m K), so Pr 6.67; 2 L/min of it through 60 channels are Re 505,
# and 20 mm over the hydraulic diameter of 0.3636 mm, Re and Pr make x* 0.0163.
@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ({"reynolds": "[600, 900]"}, "Re 505 (600 to 900)"),
        ({"reynolds": "[6, 90]"}, "Re 505 (6 to 90)"),
        ({"prandtl": "[7, 12]"}, "Pr 6.67 (7 to 12)"),
        ({"range": "[0.02, 1]"}, "x* 0.0163 (0.02 to 1)"),
        ({"prandtl": "[1, 5]", "range": "[0.001, 0.01]"}, "Pr 6.67 (1 to 5), x* 0.0163 (0.001 to 0.01)"),
    ],
)
def test_at_network_fidelity_without_measured_laws(closed: Bench, ranges: dict[str, str], words: str) -> None:
    (note,) = told(closed((RESISTANCE, ""), **ranges), "network")
    assert note.startswith("compute[1]/plate: resolved/mine was computed for other channel flows, whose ranges are in")
    assert (
        f"brackets: {words}; its fits go on beyond them; compute a closure for this coolant and these flows (" in note
    )
    assert "thermal coldplate plate --fidelity resolved --closure FILE.yaml --fluid NAME --flow VALUES" in note


def test_a_measured_law_takes_the_place_of_the_closure_at_network_fidelity_only(closed: Bench) -> None:
    beyond = {"reynolds": "[600, 900]", "prandtl": "[7, 12]"}
    assert told(closed(**beyond), "network") == []
    (note,) = told(closed(**beyond), "plate")
    assert re.search(r": Re 4\d\d \(600 to 900\), Pr 6.67 \(7 to 12\); its fits go on", note)  # of the slowest channel


def test_a_closure_of_a_sector_asks_for_another_sector(closed: Bench) -> None:
    fitted = "losses: {constant: 0.9, laminar: -12, error_max: 0.01}"  # below zero: some of the friction given back
    for losses, option in ((fitted, " --sector"), ("", "")):
        (note,) = told(closed(prandtl="[7, 12]", losses=losses), "plate")
        assert f"plate --fidelity resolved{option} --closure FILE.yaml" in note


def test_friction_alone_depends_on_the_reynolds_number_alone(closed: Bench) -> None:
    law = "    pressure_drop: {quadratic: {quadratic: 1.0e13 Pa/(m3/s)^2}}\n"
    (note,) = told(closed((law, ""), reynolds="[600, 900]", prandtl="[7, 12]"), "network")
    assert "Re 505 (600 to 900); its fits" in note


def test_one_plate_is_told_of_unless_another_shows_more(uneven: Bench, tmp_path: Path) -> None:
    rack = with_closure(uneven, tmp_path, (RESISTANCE, ""), reynolds="[288, 289]", prandtl="[1, 5]")
    slow, fast = told(rack, "network")
    assert slow.startswith("t0[1]/plate: ")
    assert re.findall(r"(Re|Pr) [\d.]+ \(", slow) == ["Re", "Pr"]  # the farthest beyond, with all that is
    assert fast.startswith("t5[1]/plate: ")
    assert re.findall(r"(Re|Pr) [\d.]+ \(", fast) == ["Re"]


@pytest.mark.parametrize("fidelity", ["network", "plate"])
def test_within_its_runs_nothing_is_said(closed: Bench, fidelity: str) -> None:
    near = {"reynolds": "[450, 615]", "prandtl": "[6.6, 6.7]", "range": "[0.0133, 0.0185]"}
    assert told(closed((RESISTANCE, ""), **near), fidelity) == []


def test_the_channels_that_get_least_and_most_count_at_plate_fidelity(closed: Bench) -> None:
    rack = closed()
    point = plate_field_curve(rack, "plate", flows=[2e-3 / 60.0], resolution=0.25).points[0]
    assert point.channel_flow_least is not None
    assert point.channel_flow_most is not None
    assert point.reynolds_number is not None
    least, most = (point.reynolds_number * one for one in (point.channel_flow_least, point.channel_flow_most))
    assert most > 1.005 * point.reynolds_number > 1.01 * least
    between = {"reynolds": f"[{0.5 * (least + point.reynolds_number)}, {0.5 * (most + point.reynolds_number)}]"}
    (note,) = told(closed(**between), "plate")
    assert f"Re {least:.3g} (" in note
    assert f", Re {most:.3g} (" in note
    found = plate_field_curve(closed(**between), "plate", flows=[2e-3 / 60.0], resolution=0.25)
    assert found.points[0].outside == ("closure",)
    assert point.outside == ()


@pytest.mark.parametrize("ranges", [{"reynolds": "[600, 900]"}, {"prandtl": "[7, 12]"}, {"range": "[0.02, 1]"}])
def test_a_plate_alone_is_marked(closed: Bench, ranges: dict[str, str]) -> None:
    curve = plate_curve(closed((RESISTANCE, ""), **ranges), "plate", flows=[2e-3 / 60.0])
    assert curve.points[0].outside == ("closure",)
    known = {row["quantity"] for row in curve.summary()["ranges"] if row["what"] == "closure"}
    assert known == {"reynolds_number", "prandtl_number", "thermal_distance"}
    assert plate_curve(closed((RESISTANCE, "")), "plate", flows=[2e-3 / 60.0]).points[0].outside == ()
    assert "closure" not in plate_curve(closed(**ranges), "plate", flows=[2e-3 / 60.0]).points[0].outside  # law first


BOTH = (
    "resolved/mine is not at work: plate has a pressure_drop and a resistance of its own, which go first at network "
    "fidelity; ask for --fidelity plate, where it is, or drop them with --set parts.plate.pressure_drop=null "
    "--set parts.plate.resistance=null"
)
FILM = (
    "the film of resolved/mine is not at work: plate has a resistance of its own, which goes first at network "
    "fidelity; ask for --fidelity plate, where it is, or drop it with --set parts.plate.resistance=null"
)
DROP = "    pressure_drop: {quadratic: {quadratic: 1.0e13 Pa/(m3/s)^2}}\n"


@pytest.mark.parametrize(
    ("changes", "words"), [((), [BOTH]), (((DROP, ""),), [FILM]), (((DROP, ""), (RESISTANCE, "")), [])]
)
def test_a_chosen_closure_that_is_not_at_work_is_told(
    closed: Bench, changes: tuple[tuple[str, str], ...], words: list[str]
) -> None:
    rack = closed(*changes)
    assert notes_of(rack, "network") == words  # once, though several trays have the plate
    alone = plate_curve(rack, "plate", flows=[2e-3 / 60.0])
    assert alone.summary()["notes"] == list(alone.notes) == words
    assert notes_of(rack, "plate") == []
    assert plate_field_curve(rack, "plate", flows=[2e-3 / 60.0], resolution=0.25).notes == ()


def test_what_a_bundled_part_names_is_told_of_the_plate_alone_only() -> None:
    rack = load_rack("gb200_nvl72")
    assert notes_of(rack, "network") == []
    (note,) = plate_curve(rack, "grace_plate", flows=[1e-3 / 60.0]).notes
    assert note.startswith("resolved/grace_sector_53C is not at work: grace_plate has a pressure_drop and a resist")
    (chosen,) = notes_of(
        load_rack("gb200_nvl72", {"parts.grace_plate.channels.closure": "resolved/grace_sector"}), "network"
    )
    assert chosen.startswith("resolved/grace_sector is not at work: grace_plate has")


def test_ends_of_a_range_count_as_inside() -> None:
    channels = load_rack("gb200_nvl72", {"parts.grace_plate.channels.closure": "resolved/grace_channels"})
    closure = channels.parts["grace_plate"].channels.closure  # type: ignore[attr-defined]
    assert isinstance(closure, FittedClosure)
    low, high = closure.reynolds
    width, height, _, _, path = closure.channel
    hydraulic = 2.0 * width * height / (width + height)
    for Re, Pr in ((low, closure.prandtl[0]), (high, closure.prandtl[1])):
        assert list(closure.outside(Re)) == []
        assert [one.symbol for one in closure.outside(Re, Pr)] in ([], ["x*"])
    (found,) = closure.outside(1.02 * high)
    assert (found.symbol, found.value, found.low, found.high) == ("Re", 1.02 * high, low, high)
    found = list(closure.outside(0.9 * low, 1.1 * closure.prandtl[1]))
    assert [one.symbol for one in found] == ["Re", "Pr"]
    found = list(closure.outside(low, 0.7 * closure.prandtl[0]))
    assert [one.symbol for one in found] == ["Pr", "x*"]
    assert found[1].value == pytest.approx(path / (hydraulic * low * 0.7 * closure.prandtl[0]))


@pytest.mark.parametrize("fidelity", ["network", "plate"])
def test_numbers_say_that_they_rest_on_a_closure_and_what_it_is_off_by(closed: Bench, fidelity: str) -> None:
    fits = "; ".join(f"{what} off by 1 % rms, 1 % at most, grid 1 %" for what in ("friction", "film", "root"))
    wanted = {"what": "closure", "value": f"resolved/mine: {fits}", "basis": "inferred", "source": "made up"}
    rack, coarse = closed((RESISTANCE, "")), {} if fidelity == "network" else {"resolution": 0.25}
    if fidelity == "network":
        alone = plate_curve(rack, "plate")
    else:
        alone = plate_field_curve(rack, "plate", flows=[2e-3 / 60.0], resolution=0.25)
    for found in (alone.rests_on, simulate(rack, fidelity=fidelity, **coarse).summary["rests_on"]):  # type: ignore[arg-type]
        assert [row for row in found if row["what"] == "closure"] == [wanted]
    law = "    pressure_drop: {quadratic: {quadratic: 1.0e13 Pa/(m3/s)^2}}\n"
    measured = simulate(closed(), fidelity=fidelity, **coarse).summary["rests_on"]  # type: ignore[arg-type]
    assert any(row["what"] == "closure" for row in measured) == (fidelity == "plate")  # a law takes its place
    friction = simulate(closed((law, "")), fidelity="network").summary["rests_on"]
    assert any(row["what"] == "closure" for row in friction)
