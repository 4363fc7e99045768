"""Exported files read back by the programs' own libraries: names, counts, units and values."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thermal.cli import run
from thermal.errors import InputError
from thermal.rack.layout import Box, Layout, Tube
from thermal.results.channel_flow import ChannelFlow
from thermal.results.dataset import Results, Table
from thermal.results.plate_fields import PlateFields, PlatePlane, PlateSet, PlateVolume
from thermal.results.store import store
from thermal.views.export import FORMATS, export
from thermal.views.exports import planes as export_planes

PLATE = "compute[1]/module[1]/gpu_plate[1]"
X, Y, Z = np.array([0.0, 0.01, 0.03]), np.array([0.0, 0.02, 0.03, 0.04]), np.array([0.0, 0.001, 0.003, 0.004])
JUNCTION = np.array([[80.0, 81.0], [82.0, np.nan], [84.0, 85.0]]) + 273.15  # (y, x)


def layout(turn: int = 0) -> Layout:
    along, across = (0.03, 0.04) if turn % 2 == 0 else (0.04, 0.03)
    boxes = (
        Box("frame", "frame", "gb300_nvl72", None, (0.0, 0.0, 0.0), (0.6, 1.0, 2.2)),
        Box("compute[1]", "tray", "compute", "compute[1]", (0.05, 0.1, 0.4), (0.5, 0.8, 0.04)),
        Box(PLATE, "plate", "gpu_plate", "compute[1]", (0.1, 0.2, 0.41), (along, across, 0.01), turn),
        Box("compute[1]/gpu[1]", "package", "b300", "compute[1]", (0.1, 0.2, 0.405), (0.03, 0.03, 0.005)),
        Box("compute[1]/nic", "package", "cx8", "compute[1]", (0.3, 0.2, 0.405), (0.03, 0.03, 0.005)),
    )
    hose = Tube("supply/hose", "hose", "rack_hose_2in", None, ((0.0, 1.0, 0.1), (0.3, 1.0, 0.1), (0.7, 1.0, 0.1)), 0.05)
    return Layout("gb300_nvl72", (0.6, 1.0, 2.2), boxes, (hose,))


def plates(*, volumes: bool = False) -> PlateFields:
    planes = {
        "junction": PlatePlane(0.001, X, Y, JUNCTION[None].astype(np.float32)),
        "base": PlatePlane(0.002, X, Y, np.full((1, 3, 2), 330.0, np.float32)),
    }
    solid = 300.0 + np.arange(18, dtype=np.float32).reshape(1, 3, 3, 2)
    kept = {"solid": PlateVolume(X, Y, Z, solid), "coolant": PlateVolume(X, Y, Z[2:], solid[:, :1] + 10)}
    one = PlateSet("gpu_plate", ("b300",), (PLATE,), np.array([True]), planes, kept if volumes else {})
    return PlateFields((one,))


@pytest.fixture
def results(small_results: Results) -> Results:
    return replace(small_results, layout=layout().plain(), plates=plates(volumes=True))


def block(blocks: Any, path: str) -> Any:
    for name in path.split("/"):
        blocks = blocks[name]
    return blocks


def units(grid: Any) -> dict[str, str]:
    return dict(str(line).rsplit(" ", 1) for line in grid.field_data["units"])


def test_vtm_names_values_and_units(results: Results, tmp_path: Path) -> None:
    import pyvista as pv
    from vtkmodules.vtkCommonCore import vtkDataArray

    read: Any = pv.read(export(results, tmp_path / "run.vtm"))
    assert set(read.keys()) == {"frame", "compute[1]", "supply"}
    gpu = block(read, "compute[1]/gpu[1]")
    assert gpu.cell_data["junction_temperature"] == pytest.approx([83.1])
    assert gpu.cell_data["margin"] == pytest.approx([3.9])
    assert gpu.bounds == pytest.approx((0.1, 0.13, 0.2, 0.23, 0.405, 0.41))
    assert units(gpu)["volume_flow"] == "L/min"
    assert units(gpu)["junction_temperature"] == "degC"
    label = gpu.GetCellData().GetArray("margin").GetInformation().Get(vtkDataArray.UNITS_LABEL())
    assert label == "K"
    assert [str(text) for text in gpu.field_data["path"]] == ["compute[1]/gpu[1]"]
    assert np.isnan(block(read, "compute[1]/nic").cell_data["volume_flow"]).all()
    assert block(read, "compute[1]/tray").n_cells == 12  # edges, so that what is in it can be seen
    assert "rack gb300_nvl72" in [str(line) for line in read.field_data["run"]]
    assert block(read, "supply/hose").length > 0.4


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_a_plane_stands_where_its_plate_does(results: Results, tmp_path: Path, turn: int) -> None:
    import pyvista as pv

    turned = replace(results, layout=layout(turn).plain())
    read: Any = pv.read(export(turned, tmp_path / "run.vtm"))
    plate = block(read, "compute[1]/module[1]/gpu_plate[1]")
    plane = plate["plane junction"]
    box = plate["plate"]
    assert plane.bounds[:4] == pytest.approx(box.bounds[:4])
    assert plane.bounds[4] == pytest.approx(0.41 - 0.001)  # a millimetre beneath the foot of the plate
    shown = plane.copy()
    shown.cell_data.remove("vtkGhostType")
    middles, values = shown.cell_centers().points, shown.cell_data["temperature"]
    # the hottest cell is at the far end of both of the plate's own axes, which turn anticlockwise
    corner = middles[int(np.nanargmax(values))][:2] - np.array([box.center[0], box.center[1]])
    assert np.sign(corner).tolist() == [[1, 1], [-1, 1], [-1, -1], [1, -1]][turn]
    assert np.count_nonzero(plane.cell_data["vtkGhostType"]) == np.count_nonzero(np.isnan(values)) == 1
    assert np.nansum(values) == pytest.approx(np.nansum(JUNCTION - 273.15))


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_a_plane_shrinks_with_its_plate(results: Results, tmp_path: Path, turn: int) -> None:
    import pyvista as pv

    whole = layout(turn)
    boxes = [replace(box, size=(box.size[0] / 2, box.size[1] / 2, box.size[2])) for box in whole.boxes]
    shrunk = replace(results, layout=replace(whole, boxes=tuple(boxes)).plain())
    read: Any = pv.read(export(shrunk, tmp_path / "run.vtm"))
    plate = block(read, "compute[1]/module[1]/gpu_plate[1]")
    assert plate["plane junction"].bounds[:4] == pytest.approx(plate["plate"].bounds[:4])


def test_a_plane_turned_the_wrong_way_is_noticed(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = export_planes._flat
    monkeypatch.setattr(export_planes, "_flat", lambda plane, values, *rest: real(plane, values[:, ::-1], *rest))
    with pytest.raises(AssertionError):
        test_a_plane_stands_where_its_plate_does(results, tmp_path, 1)


def test_vtu_is_read_by_meshio_and_pyvista(results: Results, tmp_path: Path) -> None:
    import meshio
    import pyvista as pv

    file = export(results, tmp_path / "run.vtu")
    mesh = meshio.read(file)
    texts = {name: bytes(mesh.field_data[name].astype(np.uint8)).decode().split("\n") for name in ("items", "units")}
    assert texts["items"] == [*(box.path for box in layout().boxes), "supply/hose"]
    assert "temperature degC" in texts["units"]
    assert sum(len(cells) for cells in mesh.cells) == pv.read(file).n_cells
    item, margin = (np.concatenate(mesh.cell_data[name]) for name in ("item", "margin"))
    assert margin[item == texts["items"].index("compute[1]/gpu[1]")] == pytest.approx([3.9])
    assert np.isnan(margin[item == 0]).all()
    assert {cells.type for cells in mesh.cells} == {"hexahedron", "line", "triangle"}


def test_vtr_holds_the_volume(results: Results, tmp_path: Path) -> None:
    import pyvista as pv

    read: Any = pv.read(export(results, tmp_path / "plate.vtr", PLATE))
    assert read.dimensions == (3, 4, 4)
    assert read.z == pytest.approx(Z)
    assert read.cell_data["temperature"] == pytest.approx(300.0 + np.arange(18) - 273.15)
    coolant = read.cell_data["coolant_temperature"].reshape(3, 3, 2)
    assert np.isnan(coolant[:2]).all()
    assert coolant[2].ravel() == pytest.approx(310.0 + np.arange(6) - 273.15)
    assert units(read)["coolant_temperature"] == "degC"


def test_glb_is_a_tree_of_the_paths_in_the_colours_of_the_scene(results: Results, tmp_path: Path) -> None:
    import trimesh

    from thermal.views import palette
    from thermal.views.exports.gltf import write_glb
    from thermal.views.scenes.model import Bar, Piece, Scene

    points = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 2]])
    faces = np.array([[0, 1, 2], [0, 1, 3]])
    pieces = [
        Piece("compute[1]/gpu[1]", "packages", points, faces, np.array([40.0, 90.0]), "t", text="83.1 °C"),
        Piece("compute[1]", "trays", points, faces, color="#ff0000", opacity=0.2),
    ]
    scene = Scene("T", "", pieces, [Bar("t", "temperature [°C]", 40.0, 90.0, "inferno")])
    write_glb(scene, tmp_path / "run.glb", {"rack": "gb300"})
    read: Any = trimesh.load(tmp_path / "run.glb")
    assert set(read.geometry) == {"compute[1]/gpu[1]/packages", "compute[1]/trays"}
    assert read.metadata["rack"] == "gb300"
    assert read.metadata["bars"][0]["title"] == "temperature [°C]"
    assert read.graph.transforms.parents["compute[1]/gpu[1]"] == "compute[1]"
    extras = read.graph.transforms.edge_data["compute[1]/gpu[1]", "compute[1]/gpu[1]/packages"]["metadata"]
    assert (extras["lowest"], extras["highest"], extras["text"]) == (40.0, 90.0, "83.1 °C")
    assert read.bounds[:, 1] == pytest.approx([0.0, 2.0])  # our z is glTF's y
    colors = np.asarray(read.geometry["compute[1]/gpu[1]/packages"].visual.vertex_attributes["color"])
    hot = palette.rgb("inferno", np.array([1.0]))[0] / 255.0
    assert colors[3, :3] / 255.0 == pytest.approx(((hot + 0.055) / 1.055) ** 2.4, abs=0.005)
    assert read.geometry["compute[1]/trays"].visual.material.alphaMode == "BLEND"
    assert export(results, tmp_path / "whole.glb").stat().st_size > 1000


def test_stl_is_in_millimetres_without_what_only_holds(results: Results, tmp_path: Path) -> None:
    import trimesh

    read: Any = trimesh.load(export(results, tmp_path / "run.stl"))
    assert read.bounds[1].max() == pytest.approx(1025.0, abs=1.0)  # the hose, not the frame
    boxes = [box for box in layout().boxes if box.role in ("plate", "package")]
    tube_volume = 3.0 * 25.0**2 * 700.0  # a section of twelve sides has an area of 3 r²
    assert read.volume == pytest.approx(sum(1e9 * np.prod(box.size) for box in boxes) + tube_volume, rel=1e-4)


def test_csv_is_one_table_with_units(results: Results, tmp_path: Path) -> None:
    with export(results, tmp_path / "run.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["path"]: row for row in csv.DictReader(file)}
    assert rows["compute[1]/gpu[1]"]["dimension"] == "device"
    assert float(rows["compute[1]/gpu[1]"]["junction_temperature [degC]"]) == pytest.approx(83.1)
    assert float(rows["compute[1]/gpu[1]"]["x [m]"]) == pytest.approx(0.115)
    assert float(rows["supply/hose"]["pressure_drop [kPa]"]) == pytest.approx(0.31)
    assert rows["compute[1]/nic"]["volume_flow [L/min]"] == ""
    counted = sum(len(table) for table in results.tables)
    assert len(rows) <= counted == len((tmp_path / "run.csv").read_text(encoding="utf-8").splitlines()) - 1


def test_csv_places_a_branch_halfway_along_the_tube_that_shows_it(results: Results, tmp_path: Path) -> None:
    """A coupling with its ways in and out, and a hose with two bends of different length."""
    path, hose = "compute[1]/inlet_coupling", "supply/hose"
    ways = (((0.0, 0.0, 0.0), (0.0, 0.0, 0.4)), ((0.0, 0.0, 0.5), (0.0, 0.9, 0.5)))
    corners = ((0.0, 0.0, 0.0), (0.0, 0.0, 2.0), (0.1, 0.0, 2.0), (0.2, 0.0, 2.0), (0.2, 1.0, 2.0))
    tubes = [
        Tube(path, "hose", "way_in", None, ways[0], 0.01, stretch=(0.0, 0.0)),
        Tube(path, "coupling", "coupling", None, ((0.0, 0.0, 0.4), (0.0, 0.0, 0.5)), 0.01),
        Tube(path, "hose", "way_out", None, ways[1], 0.01, stretch=(1.0, 1.0)),
        Tube(hose, "hose", "rack_hose_2in", None, corners, 0.05),
    ]
    columns = {name: values[:2] for name, values in results.branches.columns.items()} | {"path": (path, hose)}
    moved = replace(results, layout=replace(layout(), tubes=tuple(tubes)).plain(), branches=Table("branch", columns))
    with export(moved, tmp_path / "run.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["path"]: [float(row[f"{axis} [m]"] or "nan") for axis in "xyz"] for row in csv.DictReader(file)}
    assert rows[path] == [0.0, 0.0, 0.45]
    assert rows[hose] == [0.0, 0.0, 1.6], "half of 3.2 m along it"


def test_a_formula_stays_text_in_csv(results: Results, tmp_path: Path) -> None:
    columns = {**results.devices.columns, "part": ("=cmd|' /C calc'!A0", "b300", "cx8")}
    hostile = replace(results, devices=replace(results.devices, columns=columns))
    with export(hostile, tmp_path / "run.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert "'=cmd|' /C calc'!A0" in cells
    assert not any(cell.startswith("=") for cell in cells)


def test_planes_of_a_plate_as_csv(results: Results, tmp_path: Path) -> None:
    with export(results, tmp_path / "plate.csv", PLATE).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["plane"] == "junction"]
    assert len(rows) == 5  # one cell has no material
    assert (rows[-1].pop("share [1]"), rows[-1].pop("velocity [m/s]")) == ("", "")
    last = {name: float(text) for name, text in rows[-1].items() if name != "plane"}
    assert last == {"x [mm]": 20.0, "y [mm]": 35.0, "z [mm]": 1.0, "temperature [degC]": pytest.approx(85.0, abs=1e-3)}


def test_channels_of_a_plate_as_csv(results: Results, tmp_path: Path) -> None:
    channels = ChannelFlow(np.array([0.005, 0.02, 0.03]), np.array([[0.6, 0.4]]), np.array([[0.9, 0.9]]))
    assert results.plates is not None
    fed = replace(results, plates=PlateFields((replace(results.plates.sets[0], channels=channels),)))
    with export(fed, tmp_path / "plate.csv", PLATE).open(encoding="utf-8", newline="") as file:
        rows = [list(row.values()) for row in csv.DictReader(file) if row["plane"] == "channels"]
    assert rows == [["channels", "12.5", "", "", "", "0.6", "0.9"], ["channels", "25.0", "", "", "", "0.4", "0.9"]]


def test_netcdf_holds_tables_and_fields(results: Results, tmp_path: Path) -> None:
    import xarray as xr

    file = export(results, tmp_path / "run.nc")
    with xr.open_dataset(file, engine="netcdf4") as read:
        assert read["device_junction_temperature"].sel(device="compute[1]/gpu[1]").item() == pytest.approx(356.25)
        assert read["device_junction_temperature"].attrs["units"] == "K"
    with xr.open_dataset(file, group="plates/set_1", engine="netcdf4") as read:
        np.testing.assert_array_equal(read["plane_junction"].values[0], JUNCTION.astype(np.float32))
        assert read["volume_solid"].dims[0] == "plate"


@pytest.mark.parametrize(
    ("name", "plate", "message"),
    [
        ("run.foo", None, r"nothing is exported to \.foo; end in \.vtm"),
        ("run", None, "a file without an ending"),
        ("run.vtr", None, "holds one plate; name one with --plate"),
        ("run.glb", PLATE, "holds the whole run; leave --plate out, or end in .vtr, .csv"),
        ("none/run.csv", None, "make the folder first"),
        ("run.csv", "compute[1]/module[1]/gpu_plate[9]", r"no such plate.*gpu_plate\[1\]"),
    ],
)
def test_what_cannot_be_is_refused(
    results: Results, tmp_path: Path, name: str, plate: str | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        export(results, tmp_path / name, plate)
    assert list(tmp_path.iterdir()) == []


def test_volumes_that_were_not_kept_are_asked_for(results: Results, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--volumes"):
        export(replace(results, plates=plates()), tmp_path / "plate.vtr", PLATE)
    with pytest.raises(InputError, match="--fidelity plate"):
        export(replace(results, plates=None), tmp_path / "plate.csv", PLATE)
    with pytest.raises(InputError, match="where its parts stand"):
        export(replace(results, layout=None), tmp_path / "run.vtm")
    assert list(tmp_path.iterdir()) == []


def test_a_vtm_replaces_its_own_folder_and_no_other(results: Results, tmp_path: Path) -> None:
    file = tmp_path / "run.vtm"
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"where something else is; name it run_view\.vtm, or move that folder away"):
        export(results, file)
    assert [one.name for one in tmp_path.iterdir()] == ["run"]
    (tmp_path / "run_view").mkdir()
    with pytest.raises(InputError, match=r"name it run_view2\.vtm"):
        export(results, file)
    (tmp_path / "run_view").rmdir()
    (tmp_path / "run" / "thesis.txt").unlink()
    (tmp_path / "run").rmdir()
    export(results, file)
    export(results, file)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["run", "run.vtm"]


def test_the_command_reads_a_stored_run(results: Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # the small run's summary says network fidelity, so that it is stored without fields
    store(replace(results, plates=None), tmp_path / "run")
    assert run(["export", str(tmp_path / "run"), "--to", str(tmp_path / "run.csv")]) == 0
    assert "exported" in capsys.readouterr().out
    assert run(["export", str(tmp_path / "run"), "--to", str(tmp_path / "run.xyz")]) == 2
    error = capsys.readouterr().err
    assert all(ending in error for ending in FORMATS)
    assert run(["export", str(tmp_path / "nothing"), "--to", str(tmp_path / "new.csv")]) == 2
    assert not (tmp_path / "new.csv").exists()


def test_the_help_lists_every_ending(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", "--help"]) == 0
    told = capsys.readouterr().out
    assert all(f"{ending} " in told for ending in FORMATS)
