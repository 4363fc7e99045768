from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from thermal.coldplate.coolant_state import coolant_state
from thermal.coldplate.resolved_cell import CellShape
from thermal.coldplate.resolved_fit import FEW, Fit, FittedChannel
from thermal.errors import ConvergenceError, OperatingRangeError
from thermal.rack.loader import load_rack
from thermal.rack.named_plate import load_plate
from thermal.results.resolved_file import load_resolved
from thermal.simulation.plate_conditions import Place, conditions, laminar_end, mass_flow
from thermal.simulation.plate_range import channel_reynolds
from thermal.simulation.resolved_place import located, require_laminar

Command = Callable[..., Any]
PLATE = "grace_plate"
OWN = """\
name: own
rack: {units: 4}
include: [my_grace.yaml, parts/plates.yaml, parts/packages.yaml, parts/air.yaml]
coolant: {fluid: PG25, supply_temperature: 40 degC, control: {kind: flow, value: 1 L/min}}
trays:
  compute:
    kind: compute
    slots: [1]
    circuit: grace_plate
    devices: {cpu: {package: grace, count: 1, cooled_by: grace_plate}}
"""
QUICK = ("--fidelity", "resolved", "--resolution", "0.3")


def test_table_file_and_fields(command: Command, tmp_path: Path) -> None:
    out, table = tmp_path / "fields", tmp_path / "table.csv"
    asked = ("--flow", "1,2 L/min", "--out", str(out), "--csv", str(table), "--json")
    finished = command("coldplate", PLATE, *QUICK, *asked)
    assert finished.status == 0
    curve = json.loads(finished.out)
    assert (curve["fidelity"], curve["domain"], curve["cells_across_channel"]) == ("resolved", "unit cell", 6)
    slow, fast = curve["rows"]
    assert [row["flow_L_min"] for row in curve["rows"]] == [1.0, 2.0]
    assert slow["pressure_drop_kPa"] > slow["field_drop_kPa"] > 0.0
    assert 2.0 < fast["field_drop_kPa"] / slow["field_drop_kPa"] < 3.0  # laminar, with an entrance
    assert fast["resistance_K_W"] < slow["resistance_K_W"]
    assert fast["nusselt_number"] > slow["nusselt_number"]
    assert fast["reynolds_number"] == pytest.approx(2.0 * slow["reynolds_number"], rel=0.05)
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert float(rows[1]["nusselt_number [1]"]) == fast["nusselt_number"]
    stored = load_resolved(out)
    assert list(stored.fields) == ["channel_1", "channel_2"]
    field = stored.fields["channel_1"]
    assert field.mirrors == ("x_min", "x_max")
    assert field.lines is not None
    assert len(field.lines) > 0
    assert field.temperature[field.fluid].min() > 312.5  # the scheme undershoots a little on a grid this coarse
    assert field.speed[~field.fluid].max() == 0.0


def test_text_says_what_is_computed(command: Command) -> None:
    finished = command("coldplate", PLATE, *QUICK, "--flow", "16 L/min", "--power", "100 W")
    assert finished.status == 0
    assert "resolved unit cell, 6 cells across a channel" in finished.out
    assert "mouths and ports are the file's loss coefficients" in " ".join(finished.out.split())
    assert "Reynolds number above 2000" in " ".join(finished.out.split())
    assert max(map(len, finished.out.splitlines())) <= 120


def test_a_closure_is_written_and_used_by_name(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "my_grace.yaml"
    asked = (*QUICK, "--resolution", "0.4", "--flow", "log:0.5:4:4 L/min", "--closure", str(file), "--json")
    finished = command("coldplate", PLATE, *asked)
    assert finished.status == 0
    found = json.loads(finished.out)
    assert (found["closure"], found["file"]) == ("resolved/my_grace", str(file))
    assert found["friction"]["error_rms_rel"] < 0.1
    own = tmp_path / "own.yaml"
    own.write_text(OWN, encoding="utf-8")
    change = {f"parts.{PLATE}.channels.closure": "resolved/my_grace"}
    closure = load_rack(own, change).parts[PLATE].channels.closure  # type: ignore[attr-defined]
    assert closure.friction == pytest.approx(found["friction"]["constants"], rel=1e-6)
    assert closure.basis == "inferred"
    assert "computed by thermal" in closure.source
    _put_to_work(command, own, change)
    again = command("coldplate", PLATE, *asked[:-1])  # an earlier closure is replaced
    assert again.status == 0
    assert not found["replaced"]
    assert f"{file}, replaces the file that was there" in again.out
    file.write_text("mine: 1\n", encoding="utf-8")
    refused = command("coldplate", PLATE, *asked)
    assert refused.status == 2
    assert "holds no computed closure" in refused.err


def _put_to_work(command: Command, rack: Path, change: dict[str, str]) -> None:
    """At network fidelity the plate's laws go first: a note says so, and what it says puts the closure to work."""
    asked = ("coldplate", PLATE, "--rack", str(rack), "--flow", "1 L/min", "--json")
    named = [word for path, value in change.items() for word in ("--set", f"{path}={value}")]
    by_law, still = (json.loads(command(*asked, *more).out) for more in ((), named))
    assert still["rows"] == by_law["rows"]
    (note,) = still["notes"]
    assert note.startswith(f"resolved/my_grace is not at work: {PLATE} has a pressure_drop and a resistance of its own")
    drop = note.split(" drop them with ")[1].split()
    assert drop[::2] == ["--set", "--set"]
    found = json.loads(command(*asked, *named, *drop).out)
    assert found["notes"] == []
    assert found["rows"][0]["pressure_drop_kPa"] != pytest.approx(by_law["rows"][0]["pressure_drop_kPa"], rel=0.1)
    assert [row["value"].split(":")[0] for row in found["rests_on"] if row["what"] == "closure"] == [
        "resolved/my_grace"
    ]
    finished = command("simulate", str(rack), *named)
    assert "resolved/my_grace is not at work" in " ".join(finished.out.split())


def test_a_closure_of_few_cells_says_so(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "coarse.yaml"
    asked = (*QUICK, "--resolution", "0.4", "--flow", "log:0.5:4:4 L/min", "--closure", str(file), "--json")
    finished = command("coldplate", PLATE, *asked)
    found = json.loads(finished.out)
    (note,) = found["notes"]
    assert note.startswith("coarse: 8 cells across a channel, fewer than 16; ")
    for name in ("friction", "film", "root"):
        assert f"{name} by {100 * found[name]['grid_error_rel']:.2g} %" in note
    assert found["film"]["grid_error_rel"] > 0.05
    assert f"warning: closure coarse: {note}" in finished.err
    stored = file.read_text(encoding="utf-8")
    assert note in stored
    assert "8 cells across a channel" in stored


def test_a_closure_of_enough_cells_says_nothing_of_them() -> None:
    nothing = Fit((1.0,), 0.01, 0.01, 0.02, 0.1, 1.0)
    shape = CellShape(1e-4, 1e-3, 1e-4, 1e-3, 390.0, 0.0, 390.0, 0.02, 10)
    fit = FittedChannel(
        shape,
        nothing,
        nothing,
        nothing,
        None,
        (1.0, 2.0),
        (5.0, 6.0),
        10,
        FEW,
        4,
        1.0,  # type: ignore[arg-type]
    )
    assert fit.notes == ()
    assert "film by 2 %" in replace(fit, across=FEW - 2).notes[0]
    poor = replace(fit, film=nothing._replace(error_rms=0.22, error_max=0.4), root=nothing._replace(grid_error=0.12))  # type: ignore[arg-type]
    off, moved = poor.notes
    assert off.startswith("poor: the fit of film is off by 22 % rms and 40 % at most, and 5 % rms would do; give flows")
    assert moved.startswith("poor: the extrapolation from a second grid moves root by 12 %, and 10 % would do; use a")
    assert [note[:6] for note in replace(poor, across=FEW - 2).notes] == ["poor: ", "coarse"]
    assert replace(fit, friction=nothing._replace(error_rms=0.05, grid_error=0.1)).notes == ()


def test_coolant_beyond_its_table_is_told(command: Command) -> None:
    asked = ("coldplate", PLATE, *QUICK, "--flow", "0.8 L/min", "--power")
    finished = command(*asked, "2 kW", "--json")
    (note,) = json.loads(finished.out)["notes"]
    assert note.startswith("PG25 from 40 °C at 0.8 L/min: the coolant's table ends at 100.0 °C, and ")
    assert "beyond, the hottest with 14" in note
    assert "there the viscosity is held at the table's end" in note
    assert "give it more flow, less heat or a colder inlet, or a coolant with a wider table" in note
    assert f"warning: {PLATE}, {note}" in finished.err
    mild = command(*asked, "500 W", "--json")
    assert json.loads(mild.out)["notes"] == []
    assert "warning" not in mild.err


def test_a_closure_is_of_laminar_flows(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "hi.yaml"
    finished = command("coldplate", PLATE, *QUICK, "--resolution", "0.6", "--flow", "4,10,20,30 L/min",
                       "--closure", str(file))  # fmt: skip
    assert finished.status == 2
    assert f"{PLATE}: flows of 20, 30 L/min of PG25 from 40 °C are beyond Re 2000" in finished.err
    assert not file.exists()
    at = conditions(load_plate(PLATE), PLATE, fluids=["PG25"], temperatures=[313.15], flows=[1.0e-4], power=None)
    table, end = at.coolants[0][1], laminar_end(at, at.coolants[0][1], 313.15)
    largest = float(finished.err.rsplit("the largest that is laminar is ", 1)[1].split(" L/min")[0]) / 6e4
    assert 0.99 * end < largest <= end
    coolant = coolant_state(PLATE, mass_flow(PLATE, table, 313.15, end, at.power), 313.15, at.power, table)
    assert channel_reynolds(at.plate, end * coolant.density, coolant.viscosity) == pytest.approx(2000.0, rel=1e-9)
    within, beyond = (Place(at.coolants[0][0], table, 313.15, share * end) for share in (1.0, 1.001))
    require_laminar(PLATE, at, [within])
    with pytest.raises(OperatingRangeError, match="beyond Re 2000"):
        require_laminar(PLATE, at, [within, beyond])


def test_failures_name_plate_coolant_and_flow(command: Command) -> None:
    finished = command("coldplate", PLATE, *QUICK, "--flow", "0.001 L/min")
    assert finished.status == 2
    assert f"{PLATE}, PG25 from 40 °C at 0.001 L/min: the coolant is known from -7.50 to 100.00 °C" in finished.err
    at = conditions(load_plate(PLATE), PLATE, fluids=["PG25"], temperatures=[313.15], flows=[1.0e-4], power=None)
    places = [Place(*at.coolants[0], 313.15, flow / 6e4) for flow in (2.0, 20.0)]
    told: list[tuple[int, int]] = []

    def failing(number: int, what: str, cause: str) -> None:
        with located(PLATE, at, places, lambda *done: told.append(done)) as tell:
            tell(number)
            raise ConvergenceError(what, [1.0], "the whole field", cause)

    slow = (
        r"^grace_plate, PG25 from 40 °C at 2 L/min: steady flow did not .*; march in time; here ask for less --flow, a"
    )
    fast = (
        r"^grace_plate, PG25 from 40 °C at 20 L/min \(Re about 3\d\d0, beyond the laminar limit 2000\): steady "
        r"flow did not .*; channels turn turbulent there, and the field is laminar; ask for at most 12"
    )
    for number, words in enumerate((slow, fast)):
        with pytest.raises(ConvergenceError, match=words):
            failing(number, "steady flow", "march in time")
    with pytest.raises(ConvergenceError, match=r"at 2 L/min: flow and heat in turn .*; give it less heat"):
        failing(0, "flow and heat in turn", "give it less heat")
    assert told == [(0, 2), (1, 2), (0, 2)]


def test_coolant_that_comes_back_is_told_with_the_table(command: Command) -> None:
    """Behind the fins of a sector the plenum's stream is a jet; its end takes coolant in beside it."""
    asked = ("coldplate", PLATE, *QUICK, "--sector", "--flow", "3 L/min")
    finished = command(*asked, "--json")
    (back,) = (note for note in json.loads(finished.out)["notes"] if "through the outlet" in note)
    assert back.startswith("PG25 from 40 °C at 3 L/min: ")
    assert "% of the flow comes in through the outlet at y_max" in back
    assert "through the outlet at y_max" in " ".join(command(*asked).out.split())


def test_all_wrong_options_are_told_at_once(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ("--flow", "1 K", "--temperature", "1 m", "--power", "much", "--reduced", "a.txt", "--sector", "--out", "o")
    finished = command("coldplate", PLATE, *asked)
    assert finished.status == 2
    assert "7 options are wrong." in finished.err
    for option in ("--flow", "--temperature", "--power", "--reduced", "--sector", "--out"):
        assert f"Invalid value for {option}: " in finished.err
    assert "a.txt: --reduced: YAML is written" in finished.err
    one = command("coldplate", PLATE, "--power", "much")
    assert "options are wrong" not in one.err
    assert "Invalid value for --power: " in one.err


def test_a_folder_that_cannot_be_written_is_refused_before_the_work(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def solved(*_: object, **__: object) -> None:
        message = "solved first"
        raise AssertionError(message)

    monkeypatch.setattr("thermal.simulation.plate_resolved.resolved_curve", solved)
    taken, other = tmp_path / "taken", tmp_path / "other"
    taken.write_text("mine\n", encoding="utf-8")
    other.mkdir()
    (other / "mine").touch()
    mixed = "holds other files than a resolved plate of ours"
    for folder, wrong in ((taken, "is a file; give the name of a folder"), (other, mixed)):
        finished = command("coldplate", PLATE, *QUICK, "--flow", "1 L/min", "--out", str(folder))
        assert finished.status == 2
        assert f"{folder}: --out: {wrong}" in finished.err
    assert taken.read_text(encoding="utf-8") == "mine\n"
    assert [file.name for file in other.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*QUICK, "--closure", "c.yaml"), "0.3 puts 6 cells across a channel, and no coarser grid to extrapolate from"),
        (("--sector",), "Invalid value for --sector: it is about resolved channels; add --fidelity resolved"),
        (("--out", "somewhere"), "Invalid value for --out: it is about resolved channels"),
        (("--closure", "c.yaml"), "Invalid value for --closure: it is about resolved channels"),
        ((*QUICK, "--closure", "c.yaml", "--out", "c"), "--closure fits and tabulates nothing"),
        ((*QUICK, "--closure", "c.yaml", "--csv", "c.csv"), "--closure fits and tabulates nothing"),
        ((*QUICK, "--reduced", "c.yaml"), "it is fitted to a field of the whole plate; add --fidelity plate"),
        ((*QUICK, "--closure", "c.yaml", "--flow", "1,2 L/min"), "2 flow(s) do not hold the constants of a closure"),
        ((*QUICK, "--closure", "9.yaml"), "'9' is no name for a closure"),
        ((*QUICK, "--closure", "grace"), "grace: --closure: YAML is written, and a name without an ending does"),
        ((*QUICK, "--closure", "c.json"), "c.json: --closure: YAML is written, and the ending '.json' does not say"),
        ((*QUICK, "--closure", "c.json"), "end it in .yaml or .yml"),
        (("--fidelity", "resolved", "--resolution", "0.2"), "puts 4 cells across a channel, which needs 6 at least"),
        ((*QUICK, "--power", "0 W"), "a power of 0 W gives no resistance"),
        ((*QUICK, "--flow", "0 L/min"), "a flow of 0 L/min says nothing"),
        ((*QUICK, "--set", f"parts.{PLATE}.channels.closure=resolved/grace_chanels"), "there is no closure"),
    ],
)
def test_bad_input_is_refused_with_a_remedy(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    finished = command("coldplate", PLATE, *arguments)
    assert finished.status == 2
    assert message in finished.err
    assert "Traceback" not in finished.err
    assert finished.out == ""
    assert list(tmp_path.iterdir()) == []
