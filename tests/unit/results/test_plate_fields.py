"""Fields of plates in memory and on disk: the same numbers, CF attributes, clear refusals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from thermal.errors import InputError
from thermal.results.channel_flow import ChannelFlow
from thermal.results.dataset import Results
from thermal.results.folder import check_target
from thermal.results.plate_fields import (
    PlateFields,
    PlatePlane,
    PlateSet,
    PlateVolume,
    plate_dataset,
    plate_set,
)
from thermal.results.store import load, store

X, Y, Z = np.array([0.0, 0.001, 0.0035]), np.array([0.0, 0.002, 0.003, 0.0071]), np.array([0.0, 0.0005, 0.0012])


def field(plates: int, *shape: int, hole: bool = False) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    values = np.random.default_rng(7).uniform(300.0, 360.0, (plates, *shape)).astype(np.float32)
    if hole:
        values[:, 0, 0] = np.nan
    return values


@pytest.fixture
def fields() -> PlateFields:
    gpu = PlateSet(
        part="gpu_plate",
        packages=("b300",),
        paths=("compute[1]/gpu_plate[1]", "compute[1]/gpu_plate[2]"),
        exact=np.array([True, False]),
        planes={
            "junction": PlatePlane(0.0012, X, Y, field(2, 3, 2, hole=True)),
            "base": PlatePlane(0.004, X[:2], Y, field(2, 3, 1)),
        },
        volumes={
            "solid": PlateVolume(X, Y, Z, field(2, 2, 3, 2)),
            "coolant": PlateVolume(X, Y, Z[1:], field(2, 1, 3, 2)),
        },
        channels=ChannelFlow(
            np.array([0.001, 0.003, 0.004]), np.array([[0.6, 0.4], [0.7, 0.3]]), np.array([[0.9, 1.2], [1.05, 0.9]])
        ),
    )
    cpu = PlateSet(
        part="cpu_plate",
        packages=("grace", "memory"),
        paths=("compute[1]/cpu_plate",),
        exact=np.array([True]),
        planes={"junction": PlatePlane(0.001, Y, X, field(1, 2, 3))},
    )
    return PlateFields((gpu, cpu))


@pytest.fixture
def run(small_results: Results, fields: PlateFields) -> Results:
    summary = {**small_results.summary, "fidelity": "plate"}
    return replace(small_results, summary=summary, plates=fields)  # type: ignore[arg-type]


def assert_same(one: PlateSet, other: PlateSet) -> None:
    assert (one.part, one.packages, one.paths) == (other.part, other.packages, other.paths)
    np.testing.assert_array_equal(one.exact, other.exact)
    assert list(one.planes) == list(other.planes)
    for name, plane in one.planes.items():
        found = other.planes[name]
        assert found.z == plane.z
        assert found.values.dtype == np.float32
        for a, b in zip((plane.x_faces, plane.y_faces, plane.values), (found.x_faces, found.y_faces, found.values),
                        strict=True):  # fmt: skip
            np.testing.assert_array_equal(a, b)
    assert (one.channels is None) == (other.channels is None)
    for name in ("column_faces", "share", "velocity") if one.channels is not None else ():
        np.testing.assert_array_equal(getattr(one.channels, name), getattr(other.channels, name))
    assert list(one.volumes) == list(other.volumes)
    for name, volume in one.volumes.items():
        again = other.volumes[name]
        np.testing.assert_array_equal(volume.values, again.values)
        np.testing.assert_array_equal(volume.z_faces, again.z_faces)


def test_a_stored_run_gives_the_same_numbers(run: Results, fields: PlateFields, tmp_path: Path) -> None:
    store(run, tmp_path / "run")
    whole, light = load(tmp_path / "run", volumes=True), load(tmp_path / "run")
    assert whole.plates is not None
    assert light.plates is not None
    for ours, theirs, without in zip(fields.sets, whole.plates.sets, light.plates.sets, strict=True):
        assert_same(ours, theirs)
        assert_same(replace(ours, volumes={}), without)


def test_the_files_say_what_is_in_them(run: Results, tmp_path: Path) -> None:
    store(run, tmp_path / "run")
    with netCDF4.Dataset(tmp_path / "run" / "plates.nc") as file:
        assert list(file.groups) == ["set_1", "set_2"]
        gpu = file["set_1"]
        assert gpu.Conventions == "CF-1.11"
        assert (gpu.part, gpu.packages) == ("gpu_plate", "b300")
        junction = gpu["plane_junction"]
        assert (junction.units, junction.standard_name, junction.dimensions) == (
            "K",
            "temperature",
            ("plate", "y", "x"),
        )
        assert junction.long_name == "temperature in the plane junction"
        assert junction.filters()["zlib"]
        assert gpu["plane_base"].dimensions == ("plate", "y", "x_2")  # of another grid
        assert (gpu["x"].units, gpu["x"].axis, gpu["x"].bounds) == ("m", "X", "x_bounds")
        assert "volume_solid" not in gpu.variables
        share, velocity, column = gpu["share"], gpu["velocity"], gpu["column"]
        assert (share.dimensions, share.units) == (("plate", "column"), "1")
        assert (velocity.dimensions, velocity.units) == (("plate", "column"), "m s-1")
        assert (column.units, column.bounds) == ("m", "column_bounds")
        assert all("column" in one.long_name for one in (share, velocity, column))
        np.testing.assert_allclose(column[:], [0.002, 0.0035])
        assert "share" not in file["set_2"].variables
    with netCDF4.Dataset(tmp_path / "run" / "plate_volumes.nc") as file:
        assert file["set_1"]["volume_coolant"].dimensions == ("plate", "z_2", "y", "x")
        assert "share" not in file["set_1"].variables


def test_volumes_of_one_set_of_two_are_read_back(run: Results, tmp_path: Path) -> None:
    store(run, tmp_path / "run")
    plates = load(tmp_path / "run", volumes=True).plates
    assert plates is not None
    assert [list(one.volumes) for one in plates.sets] == [["solid", "coolant"], []]


def test_a_run_without_volumes_says_so(run: Results, fields: PlateFields, tmp_path: Path) -> None:
    bare = PlateFields(tuple(replace(one, volumes={}) for one in fields.sets))
    store(replace(run, plates=bare), tmp_path / "run")
    assert not (tmp_path / "run" / "plate_volumes.nc").exists()
    with pytest.raises(InputError, match=r"plate_volumes\.nc: the run was stored without volumes.*--volumes"):
        load(tmp_path / "run", volumes=True)


def test_a_run_at_network_fidelity_has_no_fields(small_results: Results, tmp_path: Path) -> None:
    store(small_results, tmp_path / "run")
    assert load(tmp_path / "run").plates is None


@pytest.mark.parametrize("name", ["plates.nc", "plate_volumes.nc"])
@pytest.mark.parametrize("cut", [True, False])
def test_a_damaged_file_is_refused(run: Results, tmp_path: Path, name: str, cut: bool) -> None:
    store(run, tmp_path / "run")
    file = tmp_path / "run" / name
    if cut:
        file.write_bytes(file.read_bytes()[:-100])
    else:
        file.unlink()
    with pytest.raises(InputError, match=r"plates\.nc: is (missing|cut short)|plate_volumes\.nc: (is cut|the run was)"):
        load(tmp_path / "run", volumes=True)


def test_an_earlier_run_with_fields_is_replaced_whole(run: Results, small_results: Results, tmp_path: Path) -> None:
    store(run, tmp_path / "run")
    store(small_results, tmp_path / "run")
    assert not (tmp_path / "run" / "plates.nc").exists()
    check_target(tmp_path / "run", "run")


def test_a_plane_is_found_by_its_plate(fields: PlateFields) -> None:
    plane = fields.plane("compute[1]/gpu_plate[2]", "base")
    np.testing.assert_array_equal(plane.values[0], fields.sets[0].planes["base"].values[1])
    assert fields.paths == ("compute[1]/gpu_plate[1]", "compute[1]/gpu_plate[2]", "compute[1]/cpu_plate")
    with pytest.raises(KeyError, match="planes are junction, base"):
        fields.plane("compute[1]/gpu_plate[2]", "lid")
    with pytest.raises(KeyError, match="no plate 'compute"):
        fields.plane("compute[9]/gpu_plate", "base")


def test_one_entry_for_each_plate(fields: PlateFields) -> None:
    with pytest.raises(ValueError, match="gpu_plate: exact has 1 entries for 2 plates"):
        replace(fields.sets[0], exact=np.array([True]))
    one = fields.sets[0].channels
    assert one is not None
    with pytest.raises(ValueError, match="gpu_plate: velocity has 1 entries for 2 plates"):
        replace(fields.sets[0], channels=ChannelFlow(one.column_faces, one.share, one.velocity[:1]))


def test_edges_survive_as_bounds(fields: PlateFields) -> None:
    """Cell centres alone would not give uneven edges back."""
    dataset = plate_dataset(fields.sets[0])
    np.testing.assert_array_equal(plate_set(dataset).planes["junction"].y_faces, Y)
    np.testing.assert_allclose(dataset["y"], [0.001, 0.0025, 0.00505])


def test_the_flow_of_channels_is_found_by_its_plate(fields: PlateFields) -> None:
    """Two thirds of the width would carry 2/3 of an even flow: 0.7 of it is 1.05 of a channel's mean."""
    flow = fields.channels("compute[1]/gpu_plate[2]")
    np.testing.assert_array_equal(flow.velocity, [1.05, 0.9])
    np.testing.assert_allclose(flow.relative, [1.05, 0.9], rtol=1e-12)
    with pytest.raises(KeyError, match="no plate 'compute"):
        fields.channels("compute[9]/gpu_plate")


def test_an_earlier_run_holds_no_flow_of_channels(run: Results, fields: PlateFields, tmp_path: Path) -> None:
    """One as it was written before: without these variables, of the same format."""
    earlier = PlateFields(tuple(replace(one, channels=None) for one in fields.sets))
    store(replace(run, plates=earlier), tmp_path / "run")
    with netCDF4.Dataset(tmp_path / "run" / "plates.nc") as file:
        assert not {"share", "velocity", "column", "column_bounds"} & file["set_1"].variables.keys()
    found = load(tmp_path / "run").plates
    assert found is not None
    assert_same(replace(earlier.sets[0], volumes={}), found.sets[0])
    with pytest.raises(KeyError, match=r"gpu_plate\[1\]'s channels is not stored: an earlier version wrote the run"):
        found.channels("compute[1]/gpu_plate[1]")
