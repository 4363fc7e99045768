"""A resolved cold plate on disk: temperatures, pressure, velocities and streamlines of one or more fields."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.results.folder import MANIFEST, check_manifest, written_folder

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["KIND", "Curve", "FlowLines", "Resolved", "ResolvedField", "along_lines", "is_resolved", "load_resolved",
           "store_resolved"]  # fmt: skip

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

KIND = "resolved"
DATA, SUMMARY, CURVE = "resolved.nc", "summary.json", "curve.csv"
COMPRESSION = {"zlib": True, "complevel": 1, "shuffle": True}
NEEDED = ("title", "part", "coolant", "version")  # of a summary
AXES = ("x", "y", "z")


class Curve(NamedTuple):
    """A table of results against flow, in display units that the headings name."""

    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, eq=False)
class FlowLines:
    """Streamlines end to end.

    Attributes
    ----------
    points : (n, 3) float64
        [m].
    start : (lines + 1,) int
        First point of each line, and the number of all points.
    speed, time, temperature : (n,) float64
        [m/s], from the start of the line [s], [K].
    """

    points: Floats
    start: NDArray[np.intp]
    speed: Floats
    time: Floats
    temperature: Floats

    def __post_init__(self) -> None:
        """Check that every point has its numbers."""
        lengths = {len(self.points), len(self.speed), len(self.time), len(self.temperature), int(self.start[-1])}
        if len(lengths) > 1:
            message = f"streamlines: their arrays differ in length {sorted(lengths)}; give one entry per point"
            raise ValueError(message)

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.start) - 1

    def line(self, n: int) -> slice:
        """Return which points belong to a line."""
        return slice(int(self.start[n]), int(self.start[n + 1]))


@dataclass(frozen=True, eq=False)
class ResolvedField:
    """Flow and temperatures on one grid, z up from the package; a quantity that is NaN everywhere was not solved for.

    Attributes
    ----------
    title : str
        What it is a field of: ``fin channel, half a pitch``.
    x_faces, y_faces, z_faces : (n + 1,) float64
        Faces of the cells [m].
    temperature : (nz, ny, nx) float
        [K].
    pressure : (nz, ny, nx) float
        NaN in solids [Pa].
    velocity : (3, nz, ny, nx) float
        In the middle of cells, zero in solids [m/s].
    fluid : (nz, ny, nx) bool
        Cells with coolant.
    material : (nz, ny, nx) int
        Index into `materials`.
    materials : tuple of str
        Names.
    along : str
        Main direction of the flow, ``x``, ``y`` or ``z``.
    mirrors : tuple of str
        Sides that are planes of symmetry (``y_min``, …), behind which the same goes on.
    lines : FlowLines, optional
        Streamlines of the coolant.
    """

    title: str
    x_faces: Floats
    y_faces: Floats
    z_faces: Floats
    temperature: NDArray[np.floating]
    pressure: NDArray[np.floating]
    velocity: NDArray[np.floating]
    fluid: NDArray[np.bool_]
    material: NDArray[np.integer]
    materials: tuple[str, ...]
    along: Literal["x", "y", "z"] = "x"
    mirrors: tuple[str, ...] = ()
    lines: FlowLines | None = None

    def __post_init__(self) -> None:
        """Check that every array is on the grid."""
        shape = tuple(len(faces) - 1 for faces in (self.z_faces, self.y_faces, self.x_faces))
        arrays = {"temperature": self.temperature, "pressure": self.pressure, "fluid": self.fluid,
                  "material": self.material, "velocity": self.velocity[0]}  # fmt: skip
        for name, values in arrays.items():
            if values.shape != shape:
                message = f"{self.title}: {name} has the shape {values.shape} on a grid of {shape}; give one per cell"
                raise ValueError(message)
        if self.along not in AXES or int(self.material.max()) >= len(self.materials):
            message = (
                f"{self.title}: flow along {self.along!r}, {len(self.materials)} materials; name x, y or z and all"
            )
            raise ValueError(message)

    @property
    def faces(self) -> tuple[Floats, Floats, Floats]:
        """Faces along x, y and z [m]."""
        return self.x_faces, self.y_faces, self.z_faces

    @property
    def speed(self) -> Floats:
        """Magnitude of the velocity (nz, ny, nx) [m/s]."""
        return np.asarray(np.sqrt((np.asarray(self.velocity, np.float64) ** 2).sum(axis=0)))


@dataclass(frozen=True, eq=False)
class Resolved:
    """A resolved cold plate.

    Attributes
    ----------
    summary : mapping
        What ``--json`` prints, in display units: at least ``title``, ``part``, ``coolant`` and ``version``.
    fields : mapping of str to ResolvedField
        By name: ``channel``, ``sector``; the first one is shown where none is named.
    curve : Curve, optional
        Results against flow.
    texts : mapping of str to str
        Other files by name, such as a closure for racks: ``closure.yaml``.
    """

    summary: Mapping[str, Any]
    fields: Mapping[str, ResolvedField]
    curve: Curve | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that there is something to store."""
        missing = [name for name in NEEDED if name not in self.summary]
        if missing or not self.fields:
            message = f"a resolved cold plate needs fields, and in its summary {', '.join(missing or NEEDED)}"
            raise ValueError(message)


def store_resolved(resolved: Resolved, folder: str | Path) -> None:
    """Write a resolved cold plate; an earlier one in that folder is replaced once the new one is whole on disk.

    Parameters
    ----------
    resolved : Resolved
        The result.
    folder : str or Path
        New, empty, or an earlier one with nothing added to it. It then holds ``resolved.nc`` (SI, a group for each
        field; cells in single precision), ``summary.json``, ``curve.csv`` where there is a curve, the other texts and
        ``manifest.json``.

    Raises
    ------
    InputError
        When the folder may not be written, or the disk refuses.
    """
    about = {"part": resolved.summary["part"], "version": resolved.summary["version"]}
    with written_folder(folder, KIND, about) as draft:
        text = json.dumps(dict(resolved.summary), indent=2, ensure_ascii=False, allow_nan=False)
        (draft / SUMMARY).write_text(text + "\n", encoding="utf-8")
        if resolved.curve is not None:
            with (draft / CURVE).open("w", encoding="utf-8", newline="") as out:
                writer = csv.writer(out, lineterminator="\n")
                writer.writerow(resolved.curve.headings)
                writer.writerows(resolved.curve.rows)
        for name, content in resolved.texts.items():
            (draft / name).write_text(content, encoding="utf-8")
        write_fields(resolved, draft / DATA)


def write_fields(resolved: Resolved, file: Path) -> None:
    """Write the fields as one netCDF file, a group for each, with the summary as attribute."""
    import xarray as xr

    about = {key: str(resolved.summary[key]) for key in NEEDED}
    summary = json.dumps(dict(resolved.summary), allow_nan=False)
    attributes = {"Conventions": "CF-1.11", **about, "summary": summary, "fields": json.dumps(list(resolved.fields))}
    xr.Dataset(attrs=attributes).to_netcdf(file, "w", engine="netcdf4")
    for name, one in resolved.fields.items():
        dataset = field_dataset(one, about)
        for variable in dataset.data_vars.values():
            if variable.ndim == 3:
                variable.encoding.update(COMPRESSION)
        dataset.to_netcdf(file, "a", group=name, engine="netcdf4")


def is_resolved(folder: str | Path) -> bool:
    """Return whether a folder says that it holds a resolved cold plate; whether it is whole, `load_resolved` tells."""
    try:
        manifest = json.loads((Path(folder).expanduser() / MANIFEST).read_text(encoding="utf-8"))
        return bool(manifest["kind"] == KIND)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def load_resolved(folder: str | Path) -> Resolved:
    """Read a stored resolved cold plate without solving.

    Raises
    ------
    InputError
        When the folder is missing, another thing, of another format, or incomplete.
    """
    import xarray as xr

    place = check_manifest(folder, KIND, (DATA, SUMMARY))
    with xr.open_dataset(place / DATA, engine="netcdf4") as root:
        summary, names = json.loads(root.attrs["summary"]), json.loads(root.attrs["fields"])
    fields = {}
    for name in names:
        with xr.open_dataset(place / DATA, group=name, engine="netcdf4", decode_times=False) as dataset:
            fields[name] = _field_of(dataset.load())
    files = json.loads((place / MANIFEST).read_text(encoding="utf-8"))["files"]
    extra = [name for name in files if name not in (DATA, SUMMARY, CURVE)]
    check_manifest(folder, KIND, (*extra, *([CURVE] if CURVE in files else [])))
    texts = {name: (place / name).read_text(encoding="utf-8") for name in extra}
    return Resolved(summary, MappingProxyType(fields), _curve_of(place) if CURVE in files else None, texts)


def _curve_of(place: Path) -> Curve:
    with (place / CURVE).open(encoding="utf-8", newline="") as file:
        headings, *rows = csv.reader(file)
    return Curve(headings, [[_number(cell) for cell in row] for row in rows])


def _number(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell


def along_lines(
    faces: Sequence[Floats], values: NDArray[np.floating], points: Floats, start: NDArray[np.integer]
) -> Floats:
    """Return a number of cells at the points of streamlines: the mean of the cells before and behind each point.

    Parameters
    ----------
    faces : sequence of float64
        Faces along x, y and z [m].
    values : (nz, ny, nx) float
        One number per cell, such as temperature.
    points, start
        As of `FlowLines`; between two points a line stays in one cell.
    """
    if len(points) == 0:
        return np.empty(0)
    middles = np.concatenate([0.5 * (points[1:] + points[:-1]), points[-1:]])
    cells = [
        np.clip(np.searchsorted(row, middles[:, n], side="right") - 1, 0, len(row) - 2) for n, row in enumerate(faces)
    ]
    ahead = np.asarray(values, np.float64)[cells[2], cells[1], cells[0]]
    found = 0.5 * (ahead + np.roll(ahead, 1))
    first, last = np.asarray(start[:-1]), np.asarray(start[1:]) - 1
    found[first] = ahead[first]
    found[last] = ahead[np.maximum(last - 1, first)]
    return np.asarray(found)


def field_dataset(one: ResolvedField, about: Mapping[str, str]) -> xr.Dataset:
    """Return a field as a labelled data set in SI, with its attributes by the CF conventions."""
    import xarray as xr

    cells = ("z", "y", "x")
    u, v, w = np.asarray(one.velocity, np.float32)
    variables: dict[str, Any] = {
        "temperature": (cells, np.asarray(one.temperature, np.float32), _unit("K", "temperature")),
        "pressure": (cells, np.asarray(one.pressure, np.float32), _unit("Pa", "pressure of the coolant")),
        "u": (cells, u, _unit("m s-1", "velocity of the coolant along x")),
        "v": (cells, v, _unit("m s-1", "velocity of the coolant along y")),
        "w": (cells, w, _unit("m s-1", "velocity of the coolant along z")),
        "fluid": (cells, np.asarray(one.fluid, np.int8), _flags("where there is coolant", ("solid", "coolant"))),
        "material": (cells, np.asarray(one.material, np.int8), _flags("material", one.materials)),
    }
    for name in ("temperature", "pressure"):
        if not np.isfinite(variables[name][1]).any():
            del variables[name]
    coordinates = {}
    for name, row in zip(AXES, one.faces, strict=True):
        label = {
            "units": "m",
            "axis": name.upper(),
            "bounds": f"{name}_bounds",
            "long_name": f"{name}, middle of cells",
        }
        coordinates[name] = (name, 0.5 * (row[1:] + row[:-1]), label)
        variables[f"{name}_bounds"] = ((name, "edge"), np.stack([row[:-1], row[1:]], axis=1))
    if one.lines is not None:
        variables |= _line_variables(one.lines)
    attributes = {"Conventions": "CF-1.11", **about, "title": one.title, "along": one.along,
                  "materials": json.dumps(one.materials), "mirrors": " ".join(one.mirrors)}  # fmt: skip
    return xr.Dataset(variables, coords=coordinates, attrs=attributes)


def _line_variables(lines: FlowLines) -> dict[str, Any]:
    """Return streamlines as a ragged array: first points of the lines, and numbers of all points."""
    found: dict[str, Any] = {
        f"line_{name}": ("line_point", lines.points[:, n], _unit("m", f"{name} of the points of streamlines"))
        for n, name in enumerate(AXES)
    }
    for name, unit in (("speed", "m s-1"), ("time", "s"), ("temperature", "K")):
        values = np.asarray(getattr(lines, name), np.float64)
        if np.isfinite(values).any():
            found[f"line_{name}"] = ("line_point", values, _unit(unit, f"{name} at the points of streamlines"))
    found["line_start"] = ("line", np.asarray(lines.start[:-1], np.int64), {"long_name": "first point of each line"})
    return found


def _field_of(dataset: xr.Dataset) -> ResolvedField:
    """Return the field that `field_dataset` made a data set of."""
    x, y, z = (np.append(bounds[:, 0], bounds[-1, 1]) for bounds in (dataset[f"{n}_bounds"].values for n in AXES))
    lines = None
    if "line_start" in dataset:
        points = np.stack([dataset[f"line_{name}"].values for name in AXES], axis=1)
        start = np.append(dataset["line_start"].values, len(points)).astype(np.intp)
        speed, time, temperature = (
            _stored(dataset, f"line_{name}", (len(points),)) for name in ("speed", "time", "temperature")
        )
        lines = FlowLines(points, start, speed, time, temperature)
    return ResolvedField(
        title=dataset.attrs["title"],
        x_faces=x, y_faces=y, z_faces=z,
        temperature=_stored(dataset, "temperature", dataset["fluid"].shape),
        pressure=_stored(dataset, "pressure", dataset["fluid"].shape),
        velocity=np.stack([dataset[name].values for name in "uvw"]),
        fluid=dataset["fluid"].values.astype(np.bool_),
        material=dataset["material"].values,
        materials=tuple(json.loads(dataset.attrs["materials"])),
        along=dataset.attrs["along"],
        mirrors=tuple(dataset.attrs["mirrors"].split()),
        lines=lines,
    )  # fmt: skip


def _stored(dataset: xr.Dataset, name: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """Return a variable; NaN where it was not solved for."""
    return np.asarray(dataset[name].values) if name in dataset else np.full(shape, np.nan)


def _unit(unit: str, long_name: str) -> dict[str, str]:
    return {"units": unit, "long_name": long_name}


def _flags(long_name: str, names: Iterable[str]) -> dict[str, Any]:
    """Return the attributes of a variable that counts names, by the CF conventions."""
    words = [name.replace(" ", "_") for name in names]
    return {
        "long_name": long_name,
        "flag_values": np.arange(len(words), dtype=np.int8),
        "flag_meanings": " ".join(words),
    }
