"""Solved fields as files: each is read back by another program's reader, number by number and place by place."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from thermal import write_field
from thermal.errors import InputError
from thermal.fields import FORMATS
from thermal.fv import Box, ConductionProblem, Field, FlowField, FlowProblem, Grid, march_flow, solve, solve_flow

CELSIUS = 273.15
CELLS = (6, 5, 4)  # of unlike counts and widths, so that no two directions can be taken for each other
FACES = [
    np.cumsum([0.0, *(0.5 + 0.1 * np.arange(n))]) * size for n, size in zip(CELLS, (0.01, 0.02, 0.03), strict=True)
]
WRONG: Any = None


def channel() -> FlowProblem:
    """Flow round a block, in at x_min and out at x_max."""
    problem = FlowProblem(Grid.from_faces(*FACES), density=2.0, viscosity=1e-3, least_cells=1)
    problem.block(Box(x=(FACES[0][2], FACES[0][4]), y=(FACES[1][0], FACES[1][2])))
    problem.inlet("x_min", velocity=1e-3)
    problem.outlet("x_max")
    return problem


@pytest.fixture(scope="module")
def flow() -> FlowField:
    return solve_flow(channel())


@pytest.fixture(scope="module")
def field(flow: FlowField) -> Field:
    problem = ConductionProblem(flow.grid, conductivity=1.0)
    problem.carry(flow.u, flow.v, flow.w, heat_capacity=1e3, inlet_temperature=300.0)
    problem.set_flux("y_min", 50.0)
    return solve(problem)


def differences(found: Any, flow: FlowField) -> list[str]:
    """Names of what a mesh read back has of a flow that is not there cell by cell, each looked up by its place."""
    z, y, x = flow.grid.locate(found.cell_centers().points.T)
    fluid = flow.input.fluid[z, y, x]
    right = {
        "fluid": fluid,
        "velocity": np.moveaxis(flow.cell_velocity, 0, -1)[z, y, x],
        "speed": flow.speed[z, y, x],
        "pressure": np.where(fluid, flow.p[z, y, x], np.nan),
        "volume": flow.grid.volumes[z, y, x],
    }
    numbers = {
        **{name: found[name] for name in right if name != "volume"},
        "volume": found.compute_cell_sizes()["Volume"],
    }
    return [name for name, row in right.items() if not np.allclose(numbers[name], row, rtol=1e-6, equal_nan=True)]


def texts(found: Any, name: str) -> list[str]:
    """Lines of a text of a mesh, which an unstructured grid holds as bytes."""
    lines = found.field_data[name]
    return bytes(lines).decode().splitlines() if lines.dtype == np.uint8 else list(lines)


@pytest.mark.parametrize("ending", ["vtr", "vtu"])
def test_cells_are_read_back_where_they_stand(flow: FlowField, tmp_path: Path, ending: str) -> None:
    import pyvista as pv

    file = write_field(flow, tmp_path / f"flow.{ending}")
    found: Any = pv.read(file)
    assert found.n_cells == flow.grid.cells
    assert differences(found, flow) == []
    assert "temperature" not in found.cell_data
    assert {"velocity m/s", "pressure Pa", "speed m/s", "lengths m"} <= set(texts(found, "units"))
    assert texts(found, "materials") == ["0 blocked", "1 fluid"]


def test_axes_or_components_swapped_would_be_seen(flow: FlowField, tmp_path: Path) -> None:
    import pyvista as pv

    found: Any = pv.read(write_field(flow, tmp_path / "flow.vtr"))
    turned = replace(flow, u=flow.v.transpose(0, 2, 1)[:, :5, :6].repeat(2, axis=2)[..., :7])
    assert differences(found, turned)[:2] == ["velocity", "speed"]
    shifted = replace(flow, p=np.roll(flow.p, 1, axis=0))
    assert differences(found, shifted) == ["pressure"]
    found["velocity"] = found["velocity"][:, [1, 0, 2]]
    assert differences(found, flow) == ["velocity"]
    found.x = found.x * 1.01
    assert "volume" in differences(found, flow)


def test_meshio_reads_the_cells(flow: FlowField, tmp_path: Path) -> None:
    import meshio

    mesh = meshio.read(write_field(flow, tmp_path / "flow.vtu"))
    ((kind, corners),) = ((block.type, block.data) for block in mesh.cells)
    assert kind == "hexahedron"
    centres = mesh.points[corners].mean(axis=1)
    u = mesh.cell_data["velocity"][0][:, 0]
    np.testing.assert_allclose(u, flow.cell_velocity[0][flow.grid.locate(centres.T)], rtol=1e-6, atol=1e-12)


def test_blocks_hold_solid_fluid_and_streamlines(field: Field, flow: FlowField, tmp_path: Path) -> None:
    import pyvista as pv

    write_field(field, tmp_path / "heat.vtm", flow=flow)
    (parts,) = pv.read(tmp_path / "heat.vtm")  # type: ignore[attr-defined]
    solid, fluid, lines = (parts[name] for name in ("solid", "coolant", "streamlines"))
    assert solid.n_cells == (~flow.input.fluid).sum()
    assert fluid.n_cells == flow.input.fluid.sum()
    for part in (solid, fluid):
        z, y, x = flow.grid.locate(part.cell_centers().points.T)
        np.testing.assert_allclose(part["temperature"], field.temperature[z, y, x] - CELSIUS, rtol=1e-9)
    assert lines.n_lines == 40
    assert lines["temperature"].max() <= field.temperature.max() - CELSIUS
    assert set(lines.point_data) == {"temperature", "speed", "time"}
    assert list((tmp_path / "heat").iterdir())


def test_streamlines_are_those_of_the_flow(flow: FlowField, tmp_path: Path) -> None:
    import pyvista as pv

    seeds = [[0.0, 0.03, 0.02], [0.0, 0.04, 0.05]]
    lines = flow.streamlines(seeds)
    found: Any = pv.read(write_field(flow, tmp_path / "lines.vtp", lines=lines))
    np.testing.assert_allclose(found.points, lines.points, rtol=1e-6)
    np.testing.assert_allclose(found["speed"], lines.speed, rtol=1e-9)
    assert "temperature" not in found.point_data
    for n, seed in enumerate(seeds):
        np.testing.assert_allclose(found.get_cell(n).points[0], seed, rtol=1e-6)


def test_tables_hold_every_cell(field: Field, flow: FlowField, tmp_path: Path) -> None:
    with write_field(field, tmp_path / "heat.csv", flow=flow).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == flow.grid.cells
    place = [[1e-3 * float(row[f"{name} [mm]"]) for row in rows] for name in "xyz"]
    z, y, x = flow.grid.locate(place)
    for name, values in zip("uvw", flow.cell_velocity, strict=True):
        np.testing.assert_allclose([float(row[f"{name} [m/s]"]) for row in rows], values[z, y, x], rtol=1e-6)
    celsius = [float(row["temperature [degC]"]) for row in rows]
    np.testing.assert_allclose(celsius, field.temperature[z, y, x] - CELSIUS, atol=1e-4)
    assert [row["pressure [Pa]"] == "" for row in rows] == (~flow.input.fluid[z, y, x]).tolist()
    with xr.open_dataset(write_field(flow, tmp_path / "flow.nc"), group="field", engine="netcdf4") as data:
        at = data.sel(x=place[0][7], y=place[1][7], z=place[2][7], method="nearest")
        assert float(at["u"]) == pytest.approx(flow.cell_velocity[0][z[7], y[7], x[7]], rel=1e-6)
        assert data["pressure"].attrs["units"] == "Pa"
        assert data.sizes["line"] == 40
        assert "temperature" not in data
        assert "line_temperature" not in data


def test_conduction_alone_has_its_temperature_only(field: Field, tmp_path: Path) -> None:
    import pyvista as pv

    found: Any = pv.read(write_field(field, tmp_path / "heat.vtr", title="plate"))
    z, y, x = field.grid.locate(found.cell_centers().points.T)
    np.testing.assert_allclose(found["temperature"], field.temperature[z, y, x] - CELSIUS, rtol=1e-9)
    assert set(found.cell_data) == {"temperature", "material"}
    assert found.field_data["title"][0].startswith("plate: 6 ")


def test_an_instant_of_a_march_tells_its_time(tmp_path: Path) -> None:
    import pyvista as pv

    *_, last = march_flow(channel(), step=0.5, end=1.0)
    found: Any = pv.read(write_field(last, tmp_path / "flow.vtr"))
    assert found.field_data["title"][0].endswith(", 1 s")


REFUSED = [
    ({"file": "flow.abc"}, ["file: nothing is exported to .abc; end in .vtm (ParaView: blocks of solid, coolant and"]),
    ({"file": "flow"}, ["file: nothing is exported to a file without an ending"]),
    ({"file": "none/flow.vtr"}, ["file: lies in"]),
    ({"field": WRONG, "file": 3, "flow": "f", "lines": 4}, ["field: None", "file: 3", "flow: 'f'", "lines: 4"]),
    ({"field": iter(())}, ["field: <tuple_iterator", "one that march_flow yields"]),
]


@pytest.mark.parametrize(("given", "words"), REFUSED)
def test_what_cannot_be_written_is_refused(
    flow: FlowField, tmp_path: Path, given: dict[str, Any], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        write_field(**{"field": flow, "file": "flow.vtr", **given})
    assert all(word in str(caught.value) for word in words)
    assert not list(tmp_path.iterdir())


def test_a_flow_that_does_not_belong_is_refused(field: Field, flow: FlowField, tmp_path: Path) -> None:
    other = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), CELLS), density=1.0, viscosity=1.0, least_cells=1)
    other.wall("z_max", velocity=(1e-3, 0.0, 0.0))
    closed = solve_flow(other)
    for given, words in (
        ({"field": field, "flow": closed}, "flow: a flow on other cells along x, y, z; give the flow on the grid"),
        ({"field": flow, "flow": flow}, "flow: the field is a flow itself"),
        ({"field": field, "lines": flow.streamlines(2)}, "lines: streamlines without a flow"),
        ({"field": closed, "file": tmp_path / "a.vtp"}, "nothing comes in through a side; give the points at which"),
    ):
        with pytest.raises(InputError) as caught:
            write_field(**{"file": tmp_path / "a.vtr", **given})  # type: ignore[arg-type]
        assert words in str(caught.value)
    assert not list(tmp_path.iterdir())
    write_field(closed, tmp_path / "closed.vtm")  # without streamlines


def test_nothing_half_written_stays(flow: FlowField, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_field(flow, tmp_path / "flow.csv")
    before = file.read_bytes()
    real = FORMATS[".csv"].write

    def failing(resolved: Any, name: str | None, path: Path) -> None:
        real(resolved, name, path)
        message = "no space"
        raise OSError(message)

    monkeypatch.setattr("thermal.fields.FORMATS", {**FORMATS, ".csv": replace(FORMATS[".csv"], write=failing)})
    with pytest.raises(InputError, match="file: could not be written"):
        write_field(flow, file)
    assert [one.name for one in tmp_path.iterdir()] == ["flow.csv"]
    assert file.read_bytes() == before
