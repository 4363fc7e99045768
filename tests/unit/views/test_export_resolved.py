"""A resolved cold plate as files: each is read back by another program's reader."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from tests.unit.views.resolved_samples import BASE, COVER, FIN, LENGTH, PITCH, resolved
from thermal.cli import run as thermal
from thermal.errors import InputError
from thermal.results.resolved_file import store_resolved
from thermal.views.export import RESOLVED_FORMATS, export_resolved

CELSIUS = 273.15


def test_vtm_has_solid_coolant_and_streamlines(tmp_path: Path) -> None:
    import pyvista as pv

    export_resolved(resolved(), tmp_path / "fin.vtm")
    blocks: Any = pv.read(tmp_path / "fin.vtm")
    assert list(blocks.keys()) == ["channel", "sector"]
    assert list(blocks["channel"].keys()) == ["solid", "coolant", "streamlines"]
    one = resolved().fields["channel"]
    solid, coolant, lines = (blocks["channel"][name] for name in ("solid", "coolant", "streamlines"))
    assert solid.n_cells == (~one.fluid).sum()
    np.testing.assert_allclose(coolant["temperature"], one.temperature[one.fluid] - CELSIUS, rtol=1e-6)
    np.testing.assert_allclose(coolant["velocity"][:, 0], one.velocity[0][one.fluid], rtol=1e-6)
    assert coolant["pressure"].min() > 0.0
    assert "temperature degC" in list(solid.field_data["units"])
    assert list(solid.field_data["materials"]) == ["0 copper", "1 PG25"]
    assert lines.n_lines == 2
    assert lines["time"].max() == pytest.approx(LENGTH / 0.5)
    export_resolved(resolved(), tmp_path / "fin.vtm", "sector")  # replaces it with one field
    assert list(pv.read(tmp_path / "fin.vtm").keys()) == ["sector"]


@pytest.mark.parametrize("ending", ["vtr", "vtu"])
def test_cells_are_read_back(tmp_path: Path, ending: str) -> None:
    import pyvista as pv

    export_resolved(resolved(), tmp_path / f"fin.{ending}")
    grid: Any = pv.read(tmp_path / f"fin.{ending}")
    one = resolved().fields["channel"]
    assert grid.bounds[:2] == pytest.approx((0.0, LENGTH))
    sizes = grid.compute_cell_sizes()["Volume"]
    assert sizes[grid["fluid"] == 1].sum() == pytest.approx(LENGTH * 0.25 * PITCH * FIN, rel=1e-6)
    flow = (sizes * grid["velocity"][:, 0]).sum()
    assert flow == pytest.approx((sizes * one.velocity[0].ravel()).sum(), rel=1e-6)
    assert np.isnan(grid["pressure"][grid["fluid"] == 0]).all()


def test_meshio_reads_hexahedra(tmp_path: Path) -> None:
    import meshio

    mesh = meshio.read(export_resolved(resolved(), tmp_path / "fin.vtu"))
    (block,) = mesh.cells
    one = resolved().fields["channel"]
    assert (block.type, len(block.data)) == ("hexahedron", one.fluid.size)
    np.testing.assert_allclose(mesh.cell_data["temperature"][0], one.temperature.ravel() - CELSIUS, rtol=1e-6)


def test_streamlines_are_lines_with_their_numbers(tmp_path: Path) -> None:
    import pyvista as pv

    export_resolved(resolved(), tmp_path / "fin.vtp")
    lines: Any = pv.read(tmp_path / "fin.vtp")
    stored = resolved().fields["channel"].lines
    assert stored is not None
    assert lines.n_lines == 2
    np.testing.assert_allclose(lines.points, stored.points, rtol=1e-6)
    np.testing.assert_allclose(lines["temperature"], stored.temperature - CELSIUS, rtol=1e-6)
    np.testing.assert_array_equal(lines.get_cell(1).point_ids, np.arange(31, 62))


def test_stl_is_the_closed_solid_in_millimetres(tmp_path: Path) -> None:
    import trimesh

    export_resolved(resolved(), tmp_path / "fin.stl")
    solid: Any = trimesh.load(tmp_path / "fin.stl")
    assert solid.is_watertight
    whole = LENGTH * 0.5 * PITCH * (BASE + FIN + COVER)
    assert solid.volume == pytest.approx(1e9 * (whole - LENGTH * 0.25 * PITCH * FIN), rel=1e-5)


def test_csv_has_a_row_for_every_cell(tmp_path: Path) -> None:
    export_resolved(resolved(), tmp_path / "fin.csv")
    with (tmp_path / "fin.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    one = resolved().fields["channel"]
    assert len(rows) == one.fluid.size
    wet = [row for row in rows if row["material"] == "PG25"]
    assert len(wet) == one.fluid.sum()
    assert all(row["pressure [Pa]"] == "" for row in rows if row["material"] == "copper")
    mean = np.mean([float(row["temperature [degC]"]) for row in wet])
    assert mean == pytest.approx(float(one.temperature[one.fluid].mean()) - CELSIUS, abs=1e-3)
    assert float(rows[1]["x [mm]"]) == pytest.approx(1.5)


def test_netcdf_holds_all_fields(tmp_path: Path) -> None:
    export_resolved(resolved(), tmp_path / "fin.nc")
    with xr.open_dataset(tmp_path / "fin.nc", group="sector", engine="netcdf4") as data:
        assert data["temperature"].attrs["units"] == "K"
        assert data.sizes["line"] == 2
    with pytest.raises(InputError, match="holds all fields"):
        export_resolved(resolved(), tmp_path / "fin.nc", "sector")


def test_glb_is_read_by_trimesh(tmp_path: Path) -> None:
    import trimesh

    export_resolved(resolved(), tmp_path / "fin.glb")
    scene: Any = trimesh.load(tmp_path / "fin.glb")
    assert sum("streamline" in name for name in scene.geometry) == 12


def test_what_cannot_be_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match=r"nothing is exported to \.abc"):
        export_resolved(resolved(), tmp_path / "fin.abc")
    with pytest.raises(InputError, match="no such field"):
        export_resolved(resolved(), tmp_path / "fin.csv", "nothing")
    store_resolved(resolved(), tmp_path / "run")
    assert thermal(["export", str(tmp_path / "run"), "--to", str(tmp_path / "a.vtp"), "--field", "sector"]) == 0
    assert (tmp_path / "a.vtp").is_file()
    assert thermal(["export", str(tmp_path / "run"), "--to", str(tmp_path / "a.csv"), "--plate", "x"]) == 2
    assert "is one plate" in capsys.readouterr().err
    assert thermal(["export", str(tmp_path), "--to", str(tmp_path / "a.csv"), "--field", "x"]) == 2
    assert "no resolved cold plate" in capsys.readouterr().err


def test_the_help_lists_every_ending(capsys: pytest.CaptureFixture[str]) -> None:
    assert thermal(["export", "--help"]) == 0
    told = capsys.readouterr().out
    assert all(ending in told.split("Of a resolved cold plate")[1] for ending in RESOLVED_FORMATS)
