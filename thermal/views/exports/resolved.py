"""A resolved cold plate for other programs: cells and streamlines for ParaView, tables, netCDF, bare surfaces."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thermal.results.resolved_file import Resolved, ResolvedField, write_fields
from thermal.views.exports.gltf import write_glb
from thermal.views.scenes.cut import skin
from thermal.views.scenes.resolved import named_field, resolved_scene
from thermal.vocabulary import CELSIUS

if TYPE_CHECKING:
    import pyvista as pv

__all__ = ["FORMATS", "Format"]

MILLIMETRE = 1e3
UNITS = {
    "temperature": "degC",
    "pressure": "Pa",
    "velocity": "m/s",
    "speed": "m/s",
    "time": "s",
    "fluid": "-",
    "material": "-",
}
HEADINGS = ("x [mm]", "y [mm]", "z [mm]", "material", "temperature [degC]", "pressure [Pa]", "u [m/s]", "v [m/s]",
            "w [m/s]")  # fmt: skip

Write = Callable[[Resolved, str | None, Path], None]


@dataclass(frozen=True, slots=True)
class Format:
    """What an ending stands for, and what writes it: the result, the name of a field or None for the first, the file.

    Parameters
    ----------
    title : str
        What is written, in a line.
    write : callable
        Writes it.
    whole : bool
        Whether it holds all fields, so that none is to be named.
    """

    title: str
    write: Write
    whole: bool = False


def write_vtm(resolved: Resolved, name: str | None, file: Path) -> None:
    """Write each field as a block of ``solid``, ``coolant`` and ``streamlines`` with their numbers and units."""
    import pyvista as pv

    blocks = pv.MultiBlock()
    for title, one in resolved.fields.items():
        if name not in (None, title):
            continue
        parts = pv.MultiBlock()
        cells = _cells(resolved, one)
        for kind, part in (("solid", ~one.fluid), ("coolant", one.fluid)):
            if part.any():
                parts.append(_part(cells, part.ravel()), kind)
        if one.lines is not None and len(one.lines):
            parts.append(_lines(resolved, one), "streamlines")
        blocks.append(parts, _ascii(title))
    blocks.save(file)


def write_vtr(resolved: Resolved, name: str | None, file: Path) -> None:
    """Write all cells of a field as a rectilinear grid."""
    _cells(resolved, named_field(resolved, name)).save(file)


def write_vtu(resolved: Resolved, name: str | None, file: Path) -> None:
    """Write all cells of a field as an unstructured grid."""
    one = named_field(resolved, name)
    _part(_cells(resolved, one), np.ones(one.fluid.size, np.bool_)).save(file)


def write_vtp(resolved: Resolved, name: str | None, file: Path) -> None:
    """Write the streamlines of a field as lines."""
    _lines(resolved, named_field(resolved, name)).save(file)


def write_stl(resolved: Resolved, name: str | None, file: Path) -> None:
    """Write the surface of the solid in millimetres, to scale."""
    import pyvista as pv

    one = named_field(resolved, name)
    surface, _ = skin(one.faces, np.zeros(one.fluid.shape), ~one.fluid)
    triangles = np.insert(surface.faces, 0, 3, axis=1)
    pv.PolyData(surface.points * MILLIMETRE, faces=triangles.ravel()).save(file)


def write_scene(resolved: Resolved, name: str | None, file: Path) -> None:
    """Write the coloured scene as glTF, drawn as wide as a picture draws it."""
    summary = resolved.summary
    about = {"part": str(summary["part"]), "fidelity": "resolved", "version": str(summary["version"])}
    write_glb(resolved_scene(resolved, name), file, about)


def write_csv(resolved: Resolved, name: str | None, file: Path) -> None:
    """Write every cell of a field as a row; the pressure is empty in solids."""
    one = named_field(resolved, name)
    x, y, z = (0.5e3 * (row[1:] + row[:-1]) for row in one.faces)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(HEADINGS)
        for k, height in enumerate(z):
            for j, depth in enumerate(y):
                u, v, w = one.velocity[:, k, j]
                rows = zip(x, one.material[k, j], one.temperature[k, j], one.pressure[k, j], u, v, w, strict=True)
                for place, material, temperature, pressure, *velocity in rows:
                    writer.writerow([
                        *(round(float(value), 6) for value in (place, depth, height)),
                        one.materials[int(material)],
                        round(float(temperature) - CELSIUS, 4),
                        float(f"{pressure:.7g}") if np.isfinite(pressure) else "",
                        *(float(f"{value:.7g}") for value in velocity),
                    ])  # fmt: skip


def write_netcdf(resolved: Resolved, name: str | None, file: Path) -> None:
    """Write all fields in SI, a group each, with the summary as attribute."""
    write_fields(resolved, file)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        ".vtm": Format("ParaView: blocks of solid, coolant and streamlines for each field", write_vtm),
        ".vtr": Format("ParaView: the cells of one field", write_vtr),
        ".vtu": Format("ParaView, meshio: the same as an unstructured grid", write_vtu),
        ".vtp": Format("ParaView: the streamlines of one field", write_vtp),
        ".glb": Format("web pages and CAD viewers: the coloured scene as glTF, not to scale", write_scene),
        ".stl": Format("CAD: bare surfaces of the solid in millimetres", write_stl),
        ".csv": Format("spreadsheets: every cell of one field", write_csv),
        ".nc": Format("netCDF: all fields in SI", write_netcdf, whole=True),
    }
)


def _cells(resolved: Resolved, one: ResolvedField) -> pv.RectilinearGrid:
    """Return the cells of a field with all their numbers."""
    import pyvista as pv

    grid = pv.RectilinearGrid(*one.faces)
    grid.cell_data["temperature"] = one.temperature.ravel().astype(np.float64) - CELSIUS
    grid.cell_data["pressure"] = one.pressure.ravel().astype(np.float64)
    grid.cell_data["velocity"] = np.asarray(one.velocity, np.float64).reshape(3, -1).T
    grid.cell_data["speed"] = one.speed.ravel()
    grid.cell_data["fluid"] = one.fluid.ravel().astype(np.uint8)
    grid.cell_data["material"] = one.material.ravel().astype(np.uint8)
    _label(grid, grid.GetCellData(), resolved, one)
    return grid


def _part(cells: Any, keep: NDArray[np.bool_]) -> pv.UnstructuredGrid:
    """Return some of the cells as an unstructured grid with the numbers and texts they had."""
    part: pv.UnstructuredGrid = cells.extract_cells(keep)
    for name in ("vtkOriginalPointIds", "vtkOriginalCellIds"):
        for data in (part.point_data, part.cell_data):
            if name in data:
                del data[name]
    for name in cells.field_data:
        part.field_data[name] = cells.field_data[name]
    _units(part.GetCellData())
    return part


def _lines(resolved: Resolved, one: ResolvedField) -> pv.PolyData:
    """Return the streamlines with speed, time and temperature at their points; empty where there are none."""
    import pyvista as pv

    lines = one.lines
    if lines is None or len(lines) == 0:
        return pv.PolyData()
    joints = np.concatenate([
        np.concatenate([[after - first], np.arange(first, after)])
        for first, after in zip(lines.start[:-1], lines.start[1:], strict=True)
    ])  # fmt: skip
    drawn = pv.PolyData(lines.points, lines=joints.astype(np.int64))
    drawn.point_data["temperature"] = lines.temperature - CELSIUS
    drawn.point_data["speed"] = lines.speed
    drawn.point_data["time"] = lines.time
    _label(drawn, drawn.GetPointData(), resolved, one)
    return drawn


def _label(grid: Any, data: Any, resolved: Resolved, one: ResolvedField) -> None:
    """Tell what the numbers are of, and their units."""
    _units(data)
    summary = resolved.summary
    names = [data.GetArrayName(n) for n in range(data.GetNumberOfArrays())]
    texts = {
        "title": [f"{summary['title']}: {one.title}"],
        "part": [str(summary["part"])],
        "coolant": [str(summary["coolant"])],
        "materials": [f"{n} {name}" for n, name in enumerate(one.materials)],
        "units": [*(f"{name} {UNITS[name]}" for name in names), "lengths m"],
        "run": [f"thermal {summary['version']}"],
    }
    for name, lines in texts.items():
        grid.field_data[name] = [_ascii(line) for line in lines]


def _units(data: Any) -> None:
    """Tell each array its unit the way ParaView reads it for its legends."""
    from vtkmodules.vtkCommonCore import vtkDataArray

    for name, unit in UNITS.items():
        array = data.GetArray(name)
        if array is not None:
            array.GetInformation().Set(vtkDataArray.UNITS_LABEL(), unit)


def _ascii(text: str) -> str:
    """Return text as VTK's own files take it."""
    return text.encode("ascii", "backslashreplace").decode("ascii")
