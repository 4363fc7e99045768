from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thermal.cli.output import count_plates
from thermal.errors import ConvergenceError, OperatingRangeError

Command = Callable[..., Any]

KEYS = {
    *("rack", "fidelity", "version", "converged", "iterations", "wall_s"),
    *("heat_total_W", "heat_to_liquid_W", "heat_to_air_W", "energy_imbalance_rel", "mass_imbalance_rel"),
    *("coolant", "pressure_drop_kPa", "pump_power_W", "flow_spread_rel", "devices", "trays", "violations"),
}


def test_the_summary_is_printed(command: Command, solver: Any) -> None:
    finished = command("simulate", "gb300_nvl72")
    assert finished.status == 0
    assert finished.out.startswith("NVIDIA GB300 NVL72 · PG25 at 40.0 °C")
    assert finished.err == ""
    assert solver.loaded == [("gb300_nvl72", {})]


def test_json_is_one_object_and_nothing_else(command: Command, solver: Any, tmp_path: Path) -> None:
    solver.notice = "Compiling the solver …"
    finished = command("simulate", "gb300_nvl72", "--json", "--out", str(tmp_path / "run"))
    summary = json.loads(finished.out)
    assert next(iter(summary)) == "rack"
    assert summary.keys() >= KEYS
    assert summary["coolant"].keys() == {"fluid", "supply_C", "return_C", "flow_L_min"}
    assert finished.err == "Compiling the solver …\n"
    assert json.loads((tmp_path / "run" / "summary.json").read_text()) == summary


def test_quiet_says_nothing_but_json(command: Command, solver: Any) -> None:
    solver.notice = "Compiling the solver …"
    finished = command("simulate", "x", "--quiet")
    assert (finished.status, finished.out, finished.err) == (0, "", "")
    assert json.loads(command("simulate", "x", "--quiet", "--json").out)["rack"] == "gb300_nvl72"


def test_values_are_set_and_the_state_is_one_of_them(command: Command, solver: Any) -> None:
    value = "coolant.supply_temperature = 45 degC"
    command("simulate", "x", "--set", value, "--set", "a.b=c=d", "--state", "peak", "--band")
    expected = {"coolant.supply_temperature": "45 degC", "a.b": "c=d", "power_state": "peak"}
    assert solver.loaded == [("x", expected)]
    assert solver.bands == [True]


@pytest.mark.parametrize("text", ["coolant.fluid", "=water", "coolant.fluid="])
def test_a_set_without_path_or_value_is_refused(command: Command, solver: Any, text: str) -> None:
    finished = command("simulate", "x", "--set", text)
    assert finished.status == 2
    assert f"'{text}' is not PATH=VALUE" in finished.err
    assert solver.loaded == []


def test_strict_turns_a_violation_into_status_1(command: Command, solver: Any) -> None:
    assert command("simulate", "x", "--strict").status == 0
    solver.results.summary["violations"].append(
        {
            "path": "manifold",
            "quantity": "velocity",
            "value": 1.7,
            "limit": 1.5,
            "unit": "m/s",
            "text": "too fast (OCP)",
        }
    )
    assert command("simulate", "x").status == 0
    finished = command("simulate", "x", "--strict")
    assert finished.status == 1
    assert "too fast (OCP)" in finished.out


def test_a_run_is_stored_and_said_so(command: Command, solver: Any, tmp_path: Path) -> None:
    finished = command("simulate", "x", "--out", str(tmp_path / "run"))
    assert finished.status == 0
    assert finished.out.endswith(f"  stored     {tmp_path / 'run'}\n")
    assert (tmp_path / "run" / "results.nc").is_file()


def test_a_folder_in_the_way_is_found_before_the_work(command: Command, solver: Any, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    finished = command("simulate", "x", "--out", str(tmp_path))
    assert finished.status == 2
    assert "holds other files than a run of ours" in finished.err
    assert solver.bands == []


def test_a_run_with_notes_in_it_is_found_before_the_work(command: Command, solver: Any, tmp_path: Path) -> None:
    out = ("simulate", "x", "--quiet", "--out", str(tmp_path / "run"))
    assert command(*out).status == 0
    assert command(*out).status == 0
    (tmp_path / "run" / "notes.txt").write_text("mine")
    solver.bands.clear()
    finished = command(*out)
    assert finished.status == 2
    assert "holds notes.txt besides the files of the earlier run" in finished.err
    assert "move what is yours elsewhere, or give a new folder" in finished.err
    assert solver.bands == []
    assert (tmp_path / "run" / "notes.txt").read_text() == "mine"


def test_no_convergence_is_status_3_with_the_history(command: Command, solver: Any, tmp_path: Path) -> None:
    solver.error = ConvergenceError(
        "coolant network", [1e-2, 5e-3], "compute[3]/inlet", "a valve is nearly closed; open it"
    )
    finished = command("simulate", "x", "--json", "--out", str(tmp_path / "run"))
    assert finished.status == 3
    assert finished.out == ""
    assert "residuals end … 1.00e-02, 5.00e-03" in finished.err
    assert "compute[3]/inlet; a valve is nearly closed; open it" in finished.err
    assert "Traceback" not in finished.err
    assert list(tmp_path.iterdir()) == []


def test_an_operating_point_outside_the_data_is_status_2(command: Command, solver: Any) -> None:
    solver.error = OperatingRangeError("pump: 500 L/min is beyond its curve (400 L/min)")
    assert command("simulate", "x").status == 2


def test_plate_fidelity_passes_its_options_on(command: Command, solver: Any, tmp_path: Path) -> None:
    assert command("simulate", "x").status == 0
    assert command("simulate", "x", "--fidelity", "plate").status == 0
    fine = ("--resolution", "1.5", "--brute-force", "--volumes", "--out", str(tmp_path / "run"))
    assert command("simulate", "x", "--fidelity", "plate", *fine).status == 0
    assert solver.options == [
        {},
        {"fidelity": "plate"},
        {"fidelity": "plate", "resolution": 1.5, "brute_force": True, "volumes": True},
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--resolution", "2"), "Invalid value for --resolution: it is about plates in 3D; add --fidelity plate"),
        (("--brute-force",), "Invalid value for --brute-force: it is about plates in 3D"),
        (("--volumes", "--out", "x"), "Invalid value for --volumes: it is about plates in 3D"),
        (("--fidelity", "plate", "--band"), "Invalid value for --band: the band moves every uncertain value"),
        (("--fidelity", "plate", "--volumes"), "Invalid value for --volumes: volumes are for a stored run; add --out"),
        (("--fidelity", "plate", "--resolution", "0"), "0.0 is not in the range 0.1<=x<=16.0"),
        (("--fidelity", "plate", "--resolution", "fine"), "'fine' is not a valid float"),
        (("--fidelity", "plate", "--resolution", "nan"), "nan is not a number"),
        (("--fidelity", "resolved"), "'resolved' is not one of 'network', 'plate'"),
    ],
)
def test_combinations_without_meaning_are_refused_before_the_work(
    command: Command, solver: Any, arguments: tuple[str, ...], message: str
) -> None:
    finished = command("simulate", "x", *arguments)
    assert finished.status == 2
    assert message in finished.err
    assert solver.loaded == []


def test_help_shows_plate_fidelity(command: Command) -> None:
    text = command("simulate", "--help").out
    assert "thermal simulate gb300_nvl72 --fidelity plate --out runs/gb300_3d" in text
    for option in ("--resolution", "--brute-force", "--volumes"):
        assert option in text


def test_progress_is_a_line_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    count_plates(3, 12)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    count_plates(3, 12)
    count_plates(12, 12)
    shown = capsys.readouterr().err
    assert shown == f"\r  [{'#' * 6}{'-' * 18}] plate 3 of 12\r  [{'#' * 24}] plate 12 of 12\n"
