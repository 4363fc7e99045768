"""Fields of a rack's cold plates: planes at full resolution, flow by channels, and volumes where kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thermal.results.channel_flow import ChannelFlow

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["PlateFields", "PlatePlane", "PlateSet", "PlateVolume", "plate_dataset", "plate_set"]

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
AXES = {"x": "across the channels", "y": "along the channels", "z": "up from the package"}


@dataclass(frozen=True, eq=False)
class PlatePlane:
    """One plane of every plate of a set.

    Attributes
    ----------
    z : float
        Height above the lowest layer [m].
    x_faces, y_faces : (nx + 1,), (ny + 1,) float64
        Edges of the cells from the plate's corner [m].
    values : (plates, ny, nx) float32
        Temperatures [K]; NaN where the plane has no material, such as beside the dies.
    """

    z: float
    x_faces: Floats
    y_faces: Floats
    values: Singles


@dataclass(frozen=True, eq=False)
class PlateVolume:
    """Every cell of every plate of a set.

    Attributes
    ----------
    x_faces, y_faces, z_faces : (n + 1,) float64
        Edges of the cells [m].
    values : (plates, nz, ny, nx) float32
        Temperatures [K].
    """

    x_faces: Floats
    y_faces: Floats
    z_faces: Floats
    values: Singles


@dataclass(frozen=True, eq=False)
class PlateSet:
    """Plates of one part with the same packages on it, so of one grid.

    Attributes
    ----------
    part : str
        Name of the plate's part.
    packages : tuple of str
        Packages on each plate, in order.
    paths : tuple of str
        The plates, as in the table of branches.
    exact : (plates,) bool
        Whether the plate was solved itself; the others are interpolated between solved ones.
    planes : mapping of str to PlatePlane
        By name: ``junction``, ``case``, ``base``, …
    volumes : mapping of str to PlateVolume
        ``solid`` and ``coolant``; empty unless kept.
    channels : ChannelFlow or None
        Flow of the channels, of shape (plates, columns); None in what an earlier version stored.
    """

    part: str
    packages: tuple[str, ...]
    paths: tuple[str, ...]
    exact: NDArray[np.bool_]
    planes: Mapping[str, PlatePlane]
    volumes: Mapping[str, PlateVolume] = field(default_factory=dict)
    channels: ChannelFlow | None = None

    def __post_init__(self) -> None:
        """Check that every array has one entry per plate."""
        entries = {
            "exact": self.exact,
            **{name: plane.values for name, plane in self.planes.items()},
            **{name: volume.values for name, volume in self.volumes.items()},
        }
        if self.channels is not None:
            entries |= {"share": self.channels.share, "velocity": self.channels.velocity}
        for name, values in entries.items():
            if len(values) != len(self.paths):
                message = f"{self.part}: {name} has {len(values)} entries for {len(self.paths)} plates; give one each"
                raise ValueError(message)


@dataclass(frozen=True, eq=False)
class PlateFields:
    """The fields of all plates solved at plate fidelity.

    Parameters
    ----------
    sets : tuple of PlateSet
        Plates of like part and packages together.

    Examples
    --------
    ``results.plates.plane("compute[18]/module[1]/gpu_plate[2]", "junction").values``
    """

    sets: tuple[PlateSet, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """All plates, set by set."""
        return tuple(path for one in self.sets for path in one.paths)

    def plane(self, path: str, name: str) -> PlatePlane:
        """Return one plane of one plate, its values of shape (1, ny, nx).

        Raises
        ------
        KeyError
            No such plate or plane; the message lists what there is.
        """
        one, row = self._find(path)
        if name not in one.planes:
            message = f"no plane {name!r} of {path}; planes are {', '.join(one.planes)}"
            raise KeyError(message)
        plane = one.planes[name]
        return PlatePlane(plane.z, plane.x_faces, plane.y_faces, plane.values[row : row + 1])

    def channels(self, path: str) -> ChannelFlow:
        """Return the flow of one plate's channels, share and velocity of shape (columns,).

        Raises
        ------
        KeyError
            No such plate; or its channels are not stored.
        """
        one, row = self._find(path)
        if one.channels is None:
            message = f"the flow of {path}'s channels is not stored: an earlier version wrote the run; simulate again"
            raise KeyError(message)
        return one.channels.of(row)

    def _find(self, path: str) -> tuple[PlateSet, int]:
        for one in self.sets:
            if path in one.paths:
                return one, one.paths.index(path)
        message = f"no plate {path!r} was solved at plate fidelity; plates are {', '.join(self.paths[:3])}, …"
        raise KeyError(message)


def plate_dataset(one: PlateSet) -> xr.Dataset:
    """Return a set of plates as a labelled data set with CF attributes.

    Dimensions are ``plate``, ``y``, ``x`` (and ``z``); coordinates are cell centres with their edges as bounds, [m].
    Planes of another grid have dimensions of their own, ``x_2`` and so on; the channels' flow has ``column``.
    """
    import xarray as xr

    axes = _Axes()
    variables: dict[str, Any] = {"exact": ("plate", one.exact.astype(np.int8), _EXACT)}
    for name, plane in one.planes.items():
        dims = "plate", axes.name("y", plane.y_faces), axes.name("x", plane.x_faces)
        variables[f"plane_{name}"] = (dims, plane.values, _about(f"temperature in the plane {name}", height=plane.z))
    for name, volume in one.volumes.items():
        faces = {"z": volume.z_faces, "y": volume.y_faces, "x": volume.x_faces}
        dims_3d = "plate", *(axes.name(axis, edges) for axis, edges in faces.items())
        variables[f"volume_{name}"] = (dims_3d, volume.values, _about(f"temperature of the {name}"))
    columns: dict[str, Any] = {}
    if one.channels is not None:
        edges = one.channels.column_faces
        columns["column"] = ("column", 0.5 * (edges[1:] + edges[:-1]), _COLUMN)
        variables["column_bounds"] = (("column", "edge"), np.stack([edges[:-1], edges[1:]], axis=1))
        variables["share"] = (("plate", "column"), one.channels.share, _SHARE)
        variables["velocity"] = (("plate", "column"), one.channels.velocity, _VELOCITY)
    paths = np.array(one.paths, dtype=object)
    coordinates = {"plate": ("plate", paths, {"long_name": "path of the plate"}), **axes.coordinates(), **columns}
    attributes = {
        "Conventions": "CF-1.11",
        "title": f"Temperature fields of {one.part}",
        "part": one.part,
        "packages": " ".join(one.packages),
    }
    return xr.Dataset({**variables, **axes.bounds()}, coords=coordinates, attrs=attributes)


def plate_set(dataset: xr.Dataset) -> PlateSet:
    """Return the set of plates that `plate_dataset` made a data set of."""
    planes, volumes = {}, {}
    for key, variable in dataset.data_vars.items():
        kind, _, name = str(key).partition("_")
        edges = [_edges(dataset, str(dim)) for dim in variable.dims[1:] if kind in ("plane", "volume")]
        if kind == "plane":
            planes[name] = PlatePlane(float(variable.attrs["height"]), edges[1], edges[0], variable.values)
        elif kind == "volume":
            volumes[name] = PlateVolume(edges[2], edges[1], edges[0], variable.values)
    return PlateSet(
        part=dataset.attrs["part"],
        packages=tuple(dataset.attrs["packages"].split()),
        paths=tuple(str(path) for path in dataset["plate"].values),
        exact=dataset["exact"].values.astype(np.bool_),
        planes=MappingProxyType(planes),
        volumes=MappingProxyType(volumes),
        channels=_channels(dataset),
    )


def _channels(dataset: xr.Dataset) -> ChannelFlow | None:
    """Return the channels' flow; None in what was stored without."""
    if "share" not in dataset:
        return None
    return ChannelFlow(_edges(dataset, "column"), dataset["share"].values, dataset["velocity"].values)


_EXACT = {"long_name": "1 where the plate was solved itself, 0 where it is interpolated", "units": "1"}

_COLUMN = {"units": "m", "long_name": "across the channels, middle of a column", "bounds": "column_bounds"}
_SHARE = {"units": "1", "long_name": "share of the plate's flow in the channels of a column"}
_VELOCITY = {"units": "m s-1", "long_name": "mean velocity in the channels of a column"}


def _about(long_name: str, **more: float) -> dict[str, Any]:
    return {"units": "K", "standard_name": "temperature", "long_name": long_name, **more}


def _edges(dataset: xr.Dataset, dimension: str) -> Floats:
    bounds: Floats = dataset[f"{dimension}_bounds"].values
    return np.append(bounds[:, 0], bounds[-1, 1])


class _Axes:
    """Axes met so far: those of like edges share one dimension."""

    def __init__(self) -> None:
        self.known: dict[str, Floats] = {}

    def name(self, axis: str, edges: Floats) -> str:
        """Return the dimension of these edges."""
        for number in range(1, len(self.known) + 2):
            name = axis if number == 1 else f"{axis}_{number}"
            known = self.known.setdefault(name, np.asarray(edges, np.float64))
            if np.array_equal(known, edges):
                return name
        raise AssertionError

    def coordinates(self) -> dict[str, Any]:
        """Return the centres of each axis."""
        found = {}
        for name, edges in self.known.items():
            about = {"units": "m", "long_name": AXES[name[0]], "bounds": f"{name}_bounds"}
            if name in AXES:  # a data set has one axis of each letter
                about["axis"] = name.upper()
            found[name] = (name, 0.5 * (edges[1:] + edges[:-1]), about)
        return found

    def bounds(self) -> dict[str, Any]:
        """Return the edges of each axis, two per cell."""
        pairs = {name: np.stack([edges[:-1], edges[1:]], axis=1) for name, edges in self.known.items()}
        return {f"{name}_bounds": ((name, "edge"), pair) for name, pair in pairs.items()}
