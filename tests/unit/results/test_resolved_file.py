"""Resolved cold plates come back from disk as they were stored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from thermal.errors import InputError
from thermal.results.resolved_file import (
    Curve,
    FlowLines,
    Resolved,
    ResolvedField,
    along_lines,
    is_resolved,
    load_resolved,
    store_resolved,
)

SUMMARY = {"title": "a fin channel", "part": "gpu_plate", "coolant": "PG25", "version": "0", "flow_L_min": 2.0}


def sample(shape: tuple[int, int, int] = (4, 3, 5), *, lines: bool = True) -> ResolvedField:
    rng = np.random.default_rng(1)
    nz, ny, nx = shape
    x, y, z = (np.concatenate([[0.0], np.cumsum(rng.uniform(1e-4, 2e-4, n))]) for n in (nx, ny, nz))
    fluid = np.zeros(shape, np.bool_)
    fluid[2:] = True
    points = np.stack([np.append(x, x), np.full(2 * nx + 2, y[1]), np.full(2 * nx + 2, z[-1])], axis=1)
    numbers = rng.uniform(0.0, 1.0, (3, 2 * nx + 2))
    return ResolvedField(
        title="fin channel, half a pitch",
        x_faces=x, y_faces=y, z_faces=z,
        temperature=rng.uniform(300.0, 350.0, shape),
        pressure=np.where(fluid, rng.uniform(0.0, 1e4, shape), np.nan),
        velocity=np.where(fluid, rng.uniform(0.0, 1.0, (3, *shape)), 0.0),
        fluid=fluid,
        material=np.where(fluid, 1, 0),
        materials=("copper", "PG25"),
        mirrors=("y_min", "y_max"),
        lines=FlowLines(points, np.array([0, nx + 1, 2 * nx + 2]), *numbers) if lines else None,
    )  # fmt: skip


@pytest.mark.parametrize("lines", [True, False])
def test_a_field_comes_back_as_it_was(tmp_path: Path, lines: bool) -> None:
    one = sample(lines=lines)
    curve = Curve(["flow [L/min]", "note"], [[1.0, "a"], [2.5, "b"]])
    stored = Resolved(SUMMARY, {"channel": one, "sector": sample((2, 2, 2))}, curve, {"closure.yaml": "parts: {}\n"})
    store_resolved(stored, tmp_path / "run")
    assert is_resolved(tmp_path / "run")
    found = load_resolved(tmp_path / "run")
    assert dict(found.summary) == SUMMARY
    assert list(found.fields) == ["channel", "sector"]
    assert found.curve == Curve(["flow [L/min]", "note"], [[1.0, "a"], [2.5, "b"]])
    assert found.texts == {"closure.yaml": "parts: {}\n"}
    same(found.fields["channel"], one)


def test_what_was_not_solved_for_is_left_out_and_comes_back_so(tmp_path: Path) -> None:
    one = sample()
    assert one.lines is not None
    nothing = np.full(one.fluid.shape, np.nan)
    lines = replace(one.lines, temperature=np.full(len(one.lines.points), np.nan))
    cold = replace(one, temperature=nothing, lines=lines)
    store_resolved(Resolved(SUMMARY, {"cold": cold, "dry": replace(one, pressure=nothing)}), tmp_path / "run")
    found = load_resolved(tmp_path / "run").fields
    same(found["cold"], cold)
    same(found["dry"], replace(one, pressure=nothing))
    with xr.open_dataset(tmp_path / "run" / "resolved.nc", group="cold", engine="netcdf4") as data:
        assert not {"temperature", "line_temperature"} & set(data)
        assert "pressure" in data


def same(found: ResolvedField, one: ResolvedField) -> None:
    for name in ("x_faces", "y_faces", "z_faces", "fluid", "material"):
        np.testing.assert_array_equal(getattr(found, name), getattr(one, name))
    for name in ("temperature", "pressure", "velocity"):
        np.testing.assert_allclose(getattr(found, name), getattr(one, name), rtol=1e-7)
    assert (found.title, found.materials, found.along, found.mirrors) == (
        one.title, one.materials, one.along, one.mirrors)  # fmt: skip
    assert (found.lines is None) == (one.lines is None)
    if one.lines is not None and found.lines is not None:
        for name in ("points", "start", "speed", "time", "temperature"):
            np.testing.assert_array_equal(getattr(found.lines, name), getattr(one.lines, name))
        assert found.lines.line(1) == slice(6, 12)


def test_others_read_the_file_with_units(tmp_path: Path) -> None:
    store_resolved(Resolved(SUMMARY, {"channel": sample()}), tmp_path / "run")
    with xr.open_dataset(tmp_path / "run" / "resolved.nc", group="channel", engine="netcdf4") as data:
        assert data["temperature"].dims == ("z", "y", "x")
        assert data["temperature"].attrs["units"] == "K"
        assert data["u"].attrs["units"] == "m s-1"
        assert data["material"].attrs["flag_meanings"] == "copper PG25"
        assert data.attrs["part"] == "gpu_plate"
        assert float(data["x_bounds"][0, 0]) == 0.0


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    store_resolved(Resolved(SUMMARY, {"channel": sample()}), tmp_path / "run")
    with (tmp_path / "run" / "resolved.nc").open("ab") as file:
        file.write(b"x")
    with pytest.raises(InputError, match="cut short or was changed"):
        load_resolved(tmp_path / "run")


def test_other_folders_are_not_resolved(tmp_path: Path) -> None:
    assert not is_resolved(tmp_path)
    assert not is_resolved(tmp_path / "nowhere")
    (tmp_path / "manifest.json").write_text("[]")
    assert not is_resolved(tmp_path)
    with pytest.raises(InputError):
        load_resolved(tmp_path)


@pytest.mark.parametrize(
    "change", [{"temperature": np.zeros((2, 2, 2))}, {"along": "flow"}, {"materials": ("copper",)}]
)
def test_a_field_has_to_fit_its_grid(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="fin channel"):
        replace(sample(), **change)


def test_a_result_needs_fields_and_names() -> None:
    with pytest.raises(ValueError, match="part"):
        Resolved({"title": "", "coolant": "", "version": ""}, {"channel": sample()})
    with pytest.raises(ValueError, match="needs fields"):
        Resolved(SUMMARY, {})


def test_lines_take_the_mean_of_the_cells_around_a_point() -> None:
    faces = [np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 1.0]), np.array([0.0, 1.0])]
    values = np.array([[[10.0, 20.0, 40.0]]])
    points = np.array([[0.0, 0.5, 0.5], [1.0, 0.5, 0.5], [2.0, 0.5, 0.5], [3.0, 0.5, 0.5],
                       [3.0, 0.5, 0.5], [2.0, 0.5, 0.5]])  # fmt: skip
    found = along_lines(faces, values, points, np.array([0, 4, 6]))
    np.testing.assert_array_equal(found, [10.0, 15.0, 30.0, 40.0, 40.0, 40.0])
