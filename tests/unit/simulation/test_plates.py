"""A rack at plate fidelity: chain, balance, sharing against brute force, agreement with the network, refusals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from thermal.errors import InputError, OperatingRangeError
from thermal.rack.schema import Rack
from thermal.results.dataset import Results
from thermal.simulation import plates as plates_module
from thermal.simulation.coolant_state import coolant_state
from thermal.simulation.plates import PlateSettings, solve_plates
from thermal.simulation.steady import CODE, compile_notice, simulate, solve
from thermal.views.simulate import simulate_text

Bench = Callable[..., Rack]
COARSE = 0.3
CARD = ("trays:\n", "  card: {kind: package, device_kind: nic, power: {tdp: 10 W}}\ntrays:\n")
IN_AIR = (
    "      gpu: {package: chip, count: 1, cooled_by: plate}\n",
    "      gpu: {package: chip, count: 1, cooled_by: plate}\n"
    "      nic: {package: card, count: 1, cooled_by: air}\n    heat_to_liquid: 0.5\n",
)


def run(rack: Rack, **options: bool) -> Results:
    return simulate(rack, fidelity="plate", resolution=COARSE, **options)  # type: ignore[arg-type]


def test_steps_add_up_to_the_hottest_junction(uneven: Bench) -> None:
    results = run(uneven())
    supply = results.summary["coolant"]
    assert supply is not None
    for row in results.summary["devices"]:
        steps = row["coolant_rise_K"] + row["plate_rise_K"] + row["package_rise_K"]
        assert supply["supply_C"] + steps == pytest.approx(row["junction_max_C"], abs=1e-9)
        assert supply["supply_C"] + row["coolant_rise_K"] == pytest.approx(row["outlet_C"], abs=1e-9)
        assert row["outlet_C"] + row["plate_rise_K"] == pytest.approx(row["case_C"], abs=1e-9)
        assert row["outlet_C"] < row["case_C"] < row["junction_mean_C"] < row["junction_max_C"]
        assert row["margin_K"] == pytest.approx(80.0 - row["junction_max_C"], abs=1e-9)
        assert row["memory_max_C"] > row["case_C"]


def test_heat_balances(uneven: Bench) -> None:
    summary = run(uneven()).summary
    assert summary["energy_imbalance_rel"] < 1e-8
    assert summary["plates"]["energy_imbalance_rel"] < 1e-8
    assert summary["heat_to_liquid_W"] == pytest.approx(1400.0)


def test_sharing_and_brute_force_agree(uneven: Bench) -> None:
    """Seven plates of six flows: three solved and checked, the others between them within the check's bound."""
    rack = uneven()
    shared, brute = run(rack), run(rack, brute_force=True)
    told, full = shared.summary["plates"], brute.summary["plates"]
    assert (told["plates"], told["solves"], told["interpolated"]) == (7, 3, 3)
    assert (full["plates"], full["solves"], full["interpolated"]) == (7, 7, 0)
    assert told["largest_interpolation_error_K"] is not None
    assert told["largest_interpolation_error_K"] < 0.01
    assert full["largest_interpolation_error_K"] is None
    assert shared.plates is not None
    assert brute.plates is not None
    (ours,), (theirs,) = shared.plates.sets, brute.plates.sets
    assert ours.planes.keys() == theirs.planes.keys() == {"junction", "case", "base", "fin_root", "coolant"}
    for name, plane in ours.planes.items():
        assert np.nanmax(np.abs(plane.values - theirs.planes[name].values)) < 0.01, name
    assert ours.channels is not None
    assert theirs.channels is not None
    np.testing.assert_allclose(ours.channels.share.sum(axis=1), 1.0, atol=1e-12)
    np.testing.assert_allclose(ours.channels.share, theirs.channels.share, rtol=1e-4)
    np.testing.assert_allclose(ours.channels.velocity, theirs.channels.velocity, rtol=1e-4)
    assert np.ptp(theirs.channels.velocity.mean(axis=1)) > 0.05  # m/s: the plates do differ
    for name in ("junction_temperature", "junction_mean_temperature", "case_temperature", "memory_temperature"):
        a, b = shared.devices.numbers(name), brute.devices.numbers(name)
        np.testing.assert_allclose(a, b, atol=0.01)
    spread = np.ptp(brute.devices.numbers("outlet_temperature"))
    assert spread > 0.1  # the plates do differ, so that a field taken from another plate would be noticed


def test_the_planes_hold_what_the_table_tells(uneven: Bench) -> None:
    results = run(uneven())
    assert results.plates is not None
    hottest = results.devices.numbers("junction_temperature")
    memory = results.devices.numbers("memory_temperature")
    for path, junction, stack in zip(results.devices["path"], hottest, memory, strict=True):
        plane = results.plates.plane(str(path).replace("/gpu", "/plate"), "junction")
        assert np.nanmax(plane.values) == pytest.approx(max(junction, stack), abs=1e-3)


def test_the_network_takes_the_pressure_drop_of_the_geometry(uneven: Bench) -> None:
    """At each plate's own flow and temperature, not only at those the law was tabulated for."""
    solved = solve_plates(uneven(coolant__control__value="5 L/min"), PlateSettings(COARSE))
    assert solved.loop is not None
    assert solved.plates is not None
    state = coolant_state(solved)
    rows = dict(zip(state.branch_paths, zip(state.mass_flow, state.pressure_drop, strict=True), strict=True))
    for one, model in zip(solved.plates.instances, solved.plates.models, strict=True):
        m, drop = rows[one.path]
        geometry = model.pressure_drop(m, 305.0, solved.loop.fluid)  # properties of the bench's coolant are constant
        assert drop == pytest.approx(geometry, rel=1e-6)
        assert drop != pytest.approx(1.01 * geometry, rel=1e-6)


def test_like_flows_are_those_of_the_network(plated: Bench) -> None:
    """With two like trays and a given flow, geometry changes no flow: what both fidelities know is the same."""
    rack = plated()
    network, plate = simulate(rack).summary, run(rack).summary
    for key in ("heat_total_W", "heat_to_liquid_W", "heat_to_air_W", "flow_spread_rel"):
        assert plate[key] == pytest.approx(network[key], abs=1e-9)
    for ours, theirs in zip(plate["devices"], network["devices"], strict=True):
        for key in ("path", "plate", "power_W", "limit_C"):
            assert ours[key] == theirs[key]
        assert ours["flow_L_min"] == pytest.approx(theirs["flow_L_min"], rel=1e-5)
        assert ours["inlet_C"] == pytest.approx(theirs["inlet_C"], abs=1e-2)
        assert ours["outlet_C"] == pytest.approx(theirs["outlet_C"], abs=1e-2)
    assert "case_C" not in network["devices"][0]
    assert "plates" not in network
    assert (network["fidelity"], plate["fidelity"]) == ("network", "plate")


def test_two_like_plates_are_solved_once(plated: Bench) -> None:
    solved = solve_plates(plated(), PlateSettings(COARSE))
    assert solved.plates is not None
    assert solved.plates.solves == 1
    assert solved.plates.exact == (True, True)
    assert solved.plates.interpolation_error is None


def test_grid_error_is_told_and_shrinks(plated: Bench) -> None:
    rack = plated()
    told = [
        simulate(rack, fidelity="plate", resolution=resolution).summary["plates"]["grid_error_K"]
        for resolution in (0.3, 0.9)
    ]
    assert 0.0 < told[1] < told[0] < 5.0


def test_measured_laws_that_differ_are_noted(plated: Bench) -> None:
    note, other = run(plated()).summary["notes"]
    assert note.startswith("plate: at 2.00 L/min its geometry takes ")
    assert note.endswith("its measured law 11.1 kPa; plate fidelity uses the geometry")
    drop = float(note.split("takes ")[1].split(" kPa")[0])
    factor = drop / 11.111 * 1.0e13
    law = ("quadratic: 1.0e13 Pa/(m3/s)^2", f"quadratic: {factor:.4e} Pa/(m3/s)^2")
    assert run(plated(law)).summary["notes"] == [other]


def test_resistances_that_tell_another_junction_are_noted(plated: Bench) -> None:
    """The note's two rises are those of the two fidelities' own runs."""
    *_, note = run(plated()).summary["notes"]
    field, law = (float(text.split(" K")[0]) for text in (note.split("its junction ")[1], note.split("fidelity ")[1]))
    supply = run(plated()).summary["coolant"]["supply_C"]
    for rise, fidelity in ((field, "plate"), (law, "network")):
        results = run(plated()) if fidelity == "plate" else simulate(plated())
        assert results.summary["devices"][0]["junction_max_C"] - supply == pytest.approx(rise, abs=0.3)
    assert abs(field / law - 1.0) > 0.05


def test_what_the_margin_rests_on_is_geometry(plated: Bench) -> None:
    rests_on = [row["what"] for row in run(plated()).summary["rests_on"]]
    assert rests_on == [
        "power",
        "limit",
        "joint under the lid",
        "its thickness",
        "joint under the plate",
        "channel width",
    ]


def test_devices_in_air_stay_as_they_are(plated: Bench) -> None:
    rack = plated(IN_AIR, CARD)
    plate, network = run(rack).summary, simulate(rack).summary
    ours = [row for row in plate["devices"] if row["kind"] == "nic"]
    theirs = [row for row in network["devices"] if row["kind"] == "nic"]
    assert [{key: row[key] for key in theirs[0]} for row in ours] == theirs
    assert {row["case_C"] for row in ours} == {None}


def test_heat_that_the_field_leaves_out_is_noted(plated: Bench) -> None:
    """Half of 300 W of other heat, put into the plate as the tray's last element, in 2 L/min: 150 W make 1.1 K."""
    card = (CARD[0], CARD[1].replace("10 W", "300 W"))
    (note,) = [note for note in run(plated(IN_AIR, card)).summary["notes"] if "heat_to_liquid" in note]
    warmer = float(note.split("coolant by ")[1].split(" K")[0])
    assert warmer == pytest.approx(0.5 * 300.0 / (2.0e-3 / 60.0 * 1000.0 * 4000.0), abs=0.02)
    assert note.startswith("compute[")
    last = ("{series: [gate, plate]}", "{series: [gate, plate, {part: gate, name: behind}]}")
    assert not any("heat_to_liquid" in note for note in run(plated(IN_AIR, card, last)).summary["notes"])


def test_the_summary_says_how_evenly_channels_are_fed(uneven: Bench) -> None:
    """Of six plates of six flows it is the one that the stored flows of the channels show as the least even."""
    results = run(uneven())
    (told,) = results.summary["plates"]["channels"].values()
    assert results.plates is not None
    (stored,) = results.plates.sets
    assert stored.channels is not None
    relative = stored.channels.relative
    worst = int(np.ptp(relative, axis=1).argmax())
    assert told["path"] == stored.paths[worst]
    assert told["channel_flow_least_rel"] == pytest.approx(relative[worst].min(), rel=1e-12)
    assert told["channel_flow_most_rel"] == pytest.approx(relative[worst].max(), rel=1e-12)
    assert told["channel_flow_spread_rel"] == pytest.approx(np.ptp(relative[worst]), rel=1e-12)
    assert told["channel_flow_spread_rel"] > 1.001 * np.ptp(relative, axis=1).min()  # plates do differ


def test_channels_that_are_not_laminar_are_noted(plated: Bench) -> None:
    """12 short channels of 0.2 × 2 mm for 2 L/min: 6.9 m/s, Re 2525; with 60 it is 505."""
    few = ("count: 60", "count: 12"), ("length: 20 mm, wall", "length: 6 mm, wall")
    notes = run(plated(*few)).summary["notes"]
    assert any("Reynolds number of 25" in note and "hold for laminar flow, up to 2000" in note for note in notes)
    assert not any("Reynolds" in note for note in run(plated()).summary["notes"])


def test_a_plate_without_geometry_stays_at_network_fidelity(plated: Bench) -> None:
    """The second tray's plate has a law only: its device is what the network makes of it, and a note says so."""
    law = "{kind: plate, pressure_drop: {quadratic: {quadratic: 1.0e13 Pa/(m3/s)^2}}, resistance: {table: "
    old = ("trays:\n", f"  old: {law}[[1 L/min, 0.1 K/W], [4 L/min, 0.05 K/W]]}}}}\ntrays:\n")
    tray = (
        "trays:\n  compute:",
        "trays:\n  aside:\n    kind: compute\n    slots: [5]\n    circuit: {series: [gate, old]}\n"
        "    devices: {gpu: {package: chip, count: 1, cooled_by: old}}\n  compute:",
    )
    results = run(plated(old, tray))
    notes = results.summary["notes"]
    missing = "(parts.old.body, parts.old.channels)"
    assert f"old stays at network fidelity: its geometry is not given {missing}" in notes
    row = next(row for row in results.summary["devices"] if row["path"] == "aside[1]/gpu")
    assert row["case_C"] is None
    assert row["package_rise_K"] == pytest.approx(200.0 * 0.02)
    assert results.plates is not None
    assert set(results.plates.paths) == {"compute[1]/plate", "compute[2]/plate"}


def test_idle_plates_need_no_field(plated: Bench) -> None:
    idle = ("    devices:\n      gpu: {package: chip", "    devices:\n      gpu: {package: quiet")
    quiet = ("trays:\n", "  quiet: {extends: chip, power: {tdp: 0 W, idle: 0 W}}\ntrays:\n")
    with pytest.raises(InputError, match=r"no cold plate of this rack is heated.*use --fidelity network"):
        run(plated(idle, quiet))


def test_a_rack_without_any_geometry_is_refused_by_name(bench: Bench) -> None:
    with pytest.raises(InputError) as caught:
        run(bench())
    assert [problem.path for problem in caught.value.problems] == [
        "parts.chip.body", "parts.plate.body", "parts.plate.channels"
    ]  # fmt: skip
    assert "describe the geometry there, or use --fidelity network" in str(caught.value)


def test_a_heated_plate_without_flow_is_refused(plated: Bench) -> None:
    shut = ("circuit: {series: [gate, plate]}", "circuit: {series: [gate, {parallel: [plate, shut]}]}")
    closed = ("trays:\n", "  shut: {kind: valve, kv: 0.6 m3/h}\ntrays:\n")
    rack = plated(shut, closed)
    assert run(rack).summary["converged"]
    with pytest.raises((InputError, OperatingRangeError), match="flow"):
        run(plated(shut, closed, parts__gate__kv="1e-30 m3/h"))


def test_volumes_beyond_the_memory_are_refused_first(plated: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each plate's volumes are held twice, by itself and among those of its set, beside what a solve takes."""
    kept = run(plated(), volumes=True)
    assert kept.plates is not None
    volumes = kept.plates.sets[0].volumes.values()
    cells = kept.summary["plates"]["cells_per_plate"]["plate"]
    need = 2.0 * sum(one.values.nbytes for one in volumes) + plates_module.BYTES_PER_CELL * cells
    monkeypatch.setattr(plates_module, "available_memory", lambda: 1.001 * need)
    run(plated(), volumes=True)
    monkeypatch.setattr(plates_module, "available_memory", lambda: 0.999 * need)
    run(plated())
    with pytest.raises(InputError, match=r"the volumes of 2 plates and a solve take .* GB.*lower --resolution"):
        run(plated(), volumes=True)


def test_volumes_are_kept_when_asked_for(plated: Bench) -> None:
    results = run(plated(), volumes=True)
    assert results.plates is not None
    (one,) = results.plates.sets
    solid, coolant = one.volumes["solid"], one.volumes["coolant"]
    assert solid.values.shape == (2, *(len(faces) - 1 for faces in (solid.z_faces, solid.y_faces, solid.x_faces)))
    assert coolant.values.shape[1] == len(coolant.z_faces) - 1
    assert solid.values.max() == pytest.approx(np.nanmax(one.planes["junction"].values), abs=3.0)
    inlet, outlet = (results.devices.numbers(f"{end}_temperature")[0] for end in ("inlet", "outlet"))
    wet = coolant.values[0][~np.isnan(coolant.values[0])]
    assert inlet < wet.min() + 1e-3
    assert wet.min() < outlet < wet.max()
    assert run(plated()).plates.sets[0].volumes == {}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fidelity": "plates"}, "give 'network' or 'plate'"),
        ({"brute_force": True}, "add fidelity='plate', or leave them out"),
        ({"resolution": 2.0}, "add fidelity='plate', or leave them out"),
        ({"volumes": True}, "add fidelity='plate', or leave them out"),
        ({"fidelity": "plate", "band": True}, "at network fidelity only"),
    ],
)
def test_options_that_do_not_go_together_are_refused(plated: Bench, options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simulate(plated(), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("resolution", [0.0, -1.0, float("nan")])
def test_a_resolution_without_meaning_is_refused(plated: Bench, resolution: float) -> None:
    with pytest.raises(InputError, match="give a number above zero"):
        simulate(plated(), fidelity="plate", resolution=resolution)


def test_progress_ends_with_all_solved(uneven: Bench) -> None:
    told: list[tuple[int, int]] = []
    simulate(uneven(), fidelity="plate", resolution=COARSE, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_the_text_tells_how_the_fields_came_about(uneven: Bench) -> None:
    results = run(uneven())
    text = simulate_text(results.summary)
    assert "plate fidelity" in text.splitlines()[0]
    (line,) = [line for line in text.splitlines() if line.startswith("  plates ")]
    assert "7 plates of " in line
    assert "3 solved, 3 between those, right to 0.001 K where checked" in line


def test_channels_give_velocity_and_reynolds_number(plated: Bench) -> None:
    """2 L/min in 60 channels of 0.2 × 2 mm: 1.389 m/s, of hydraulic diameter 0.3636 mm: Re 505."""
    results = run(plated())
    parts = list(results.branches["part"])
    b = parts.index("plate")
    assert results.branches.numbers("velocity")[b] == pytest.approx(1.389, rel=1e-3)
    assert results.branches.numbers("reynolds_number")[b] == pytest.approx(505.1, rel=1e-3)


def test_no_notice_once_the_fields_are_compiled(plated: Bench) -> None:
    run(plated())
    assert compile_notice("plate") is None


def test_the_field_solver_has_a_notice_of_its_own(plated: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    run(plated())
    network, (_, words) = CODE["plate"]
    monkeypatch.setitem(CODE, "plate", [network, ("compiled_by_nobody.*.nbi", words)])
    assert compile_notice() is None
    notice = compile_notice("plate")
    assert notice is not None
    assert notice.startswith("first run: compiling the field solver")


def test_network_fidelity_is_untouched(plated: Bench, bench: Bench) -> None:
    """Geometry in the file changes nothing at network fidelity, where measured laws stand."""
    ours = solve(plated())
    theirs = solve(bench(parts__chip__power__tdp="200 W"))
    np.testing.assert_array_equal(ours.chips.junction, theirs.chips.junction)
    assert ours.plates is None
