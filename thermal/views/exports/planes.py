"""Fields of a plate as grids: its planes where the plate stands, its volume in its own axes, its planes as a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thermal.errors import InputError, Problem
from thermal.rack.layout import Box
from thermal.results.dataset import Results
from thermal.results.plate_fields import PlateFields, PlatePlane, PlateSet
from thermal.views.scenes.field import fitted
from thermal.views.scenes.run import near
from thermal.vocabulary import CELSIUS

if TYPE_CHECKING:
    import pyvista as pv

__all__ = ["channel_rows", "check_plate", "plane_rows", "planes_of", "write_vtr"]

Floats = NDArray[np.float64]

FOOT = "base"  # the plane at the lower face of the plate: its box begins there


def check_plate(results: Results, plate: str) -> tuple[PlateSet, int]:
    """Return the set of a plate and its row in it.

    Raises
    ------
    InputError
        The run has no fields, or none of that plate; near names are listed.
    """
    if results.plates is None:
        wrong = "the run is at network fidelity: its plates have no fields"
        raise InputError([Problem(plate, 0, 0, "--plate", wrong, "simulate again with --fidelity plate")])
    for one in results.plates.sets:
        if plate in one.paths:
            return one, one.paths.index(plate)
    raise near(plate, results.plates.paths, "plate")


def planes_of(plates: PlateFields, path: str, box: Box) -> dict[str, pv.RectilinearGrid]:
    """Return the planes of a plate as flat grids where it stands, by name; none where it was not solved as a field.

    Cells carry ``temperature`` [degC]; where a plane has no material the cell is hidden and its value NaN.
    """
    here = [(one, one.paths.index(path)) for one in plates.sets if path in one.paths]
    found = {}
    for one, row in here:
        foot = one.planes[FOOT].z if FOOT in one.planes else 0.0
        for name, plane in one.planes.items():
            found[name] = _flat(plane, plane.values[row], box, plane.z - foot)
            found[name].field_data["units"] = ["temperature degC"]
            found[name].field_data["path"] = [path.encode("ascii", "backslashreplace").decode("ascii")]
            found[name].field_data["plane"] = [name]
    return found


def write_vtr(results: Results, file: Path, plate: str) -> None:
    """Write the volume of one plate in its own axes [m].

    Cells carry ``temperature`` [degC] of the solid and ``coolant_temperature`` [degC], which is NaN above and below the
    fins. Field data tell path, part, packages, units and whether the plate was solved itself.

    Raises
    ------
    InputError
        No such plate, or the run holds no volumes.
    """
    import pyvista as pv

    one, row = check_plate(results, plate)
    if "solid" not in one.volumes:
        wrong, right = "the run was stored without volumes", "simulate again with --volumes, or export planes to .csv"
        raise InputError([Problem(plate, 0, 0, "--plate", wrong, right)])
    solid = one.volumes["solid"]
    grid = pv.RectilinearGrid(solid.x_faces, solid.y_faces, solid.z_faces)
    grid.cell_data["temperature"] = solid.values[row].astype(np.float64).ravel() - CELSIUS
    names = ["temperature"]
    coolant = one.volumes.get("coolant")
    if coolant is not None:
        first = int(np.abs(solid.z_faces - coolant.z_faces[0]).argmin())
        filled = np.full(solid.values[row].shape, np.nan)
        filled[first : first + coolant.values.shape[1]] = coolant.values[row] - CELSIUS
        grid.cell_data["coolant_temperature"] = filled.ravel()
        names.append("coolant_temperature")
    texts = {
        "path": [plate],
        "part": [one.part],
        "packages": list(one.packages),
        "units": [f"{name} degC" for name in names],
        "solved": ["itself" if one.exact[row] else "interpolated between solved plates"],
    }
    for name, lines in texts.items():
        grid.field_data[name] = [line.encode("ascii", "backslashreplace").decode("ascii") for line in lines]
    grid.save(file)


def plane_rows(one: PlateSet, row: int) -> Iterator[tuple[Any, ...]]:
    """Yield plane, x, y, z [mm] and temperature [degC] of every cell that has material, in the plate's own axes.

    The two cells of a row that follow are those of `channel_rows`, empty here.
    """
    for name, plane in one.planes.items():
        values = plane.values[row].astype(np.float64) - CELSIUS
        x, y = (0.5e3 * (faces[1:] + faces[:-1]) for faces in (plane.x_faces, plane.y_faces))
        for j, i in zip(*np.nonzero(np.isfinite(values)), strict=True):
            yield (
                name,
                round(float(x[i]), 6),
                round(float(y[j]), 6),
                round(1e3 * plane.z, 6),
                round(float(values[j, i]), 4),
                "",
                "",
            )


def channel_rows(one: PlateSet, row: int) -> Iterator[tuple[Any, ...]]:
    """Yield ``channels``, x [mm], three empty cells, share [-] and velocity [m/s] of each column, if stored.

    Columns are those of the grid across the channels, x is their middle.
    """
    if one.channels is None:
        return
    edges, flow = one.channels.column_faces, one.channels.of(row)
    x = 0.5e3 * (edges[1:] + edges[:-1])
    for i, (share, velocity) in enumerate(zip(flow.share.tolist(), flow.velocity.tolist(), strict=True)):
        yield "channels", round(float(x[i]), 6), "", "", "", share, velocity


def _flat(plane: PlatePlane, values: NDArray[Any], box: Box, height: float) -> pv.RectilinearGrid:
    """Return a plane as a grid along the rack's axes: turned by quarters, so its cells stay rectangles."""
    import pyvista as pv

    x, y = np.asarray(plane.x_faces), np.asarray(plane.y_faces)
    scale, left, front = fitted((float(x[-1]), float(y[-1])), box)
    x, y = left + scale * x, front + scale * y
    depth = box.size[box.turn % 2 ^ 1]  # of the plate along its own y
    cells = values.astype(np.float64) - CELSIUS
    for _ in range(box.turn % 4):  # a quarter anticlockwise: (x, y) becomes (depth − y, x)
        x, y, cells, depth = depth - y[::-1], x, cells[::-1].T, box.size[0] + box.size[1] - depth
    grid = pv.RectilinearGrid(x + box.origin[0], y + box.origin[1], np.array([box.origin[2] + height]))
    flat = np.ascontiguousarray(cells).ravel()
    grid.cell_data["temperature"] = flat.astype(np.float32)
    hidden = np.where(np.isfinite(flat), 0, 32).astype(np.uint8)  # 32: vtkDataSetAttributes::HIDDENCELL
    if hidden.any():
        grid.cell_data["vtkGhostType"] = hidden
    return grid
