"""A resolved cold plate for other programs: cells and streamlines for ParaView, tables, netCDF, bare surfaces."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
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
    """Write all cells of a field as an unstructured grid: hexahedra, and texts as bytes, which every reader takes."""
    cells = _cells(resolved, named_field(resolved, name))
    whole = cells.cast_to_structured_grid().cast_to_unstructured_grid()  # else of voxels, which few know
    for text in cells.field_data:
        whole.field_data[text] = np.frombuffer("\n".join(cells.field_data[text]).encode(), np.uint8)
    _units(whole.GetCellData())
    whole.save(file)


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
    columns = list(_columns(one))
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([heading for heading, *_ in columns])
        for row in zip(*(np.broadcast_to(values, one.fluid.shape).flat for _, values, _ in columns), strict=True):
            writer.writerow([told(value) for (*_, told), value in zip(columns, row, strict=True)])


def _columns(one: ResolvedField) -> Iterator[tuple[str, NDArray[Any], Callable[[Any], Any]]]:
    """Yield heading, numbers, and how one is written, of each column."""
    for n, row in enumerate(one.faces):
        middles = 0.5 * MILLIMETRE * (row[1:] + row[:-1])
        yield (
            f"{'xyz'[n]} [mm]",
            middles.reshape([-1 if d == 2 - n else 1 for d in range(3)]),
            lambda v: round(float(v), 6),
        )
    known = _known(one)
    if "material" in known:
        yield "material", known["material"], lambda v: one.materials[v]
    if "temperature" in known:
        yield "temperature [degC]", known["temperature"], lambda v: round(float(v), 4)
    if "pressure" in known:
        yield "pressure [Pa]", known["pressure"], lambda v: float(f"{v:.7g}") if np.isfinite(v) else ""
    if "velocity" in known:
        for name, part in zip("uvw", known["velocity"], strict=True):
            yield f"{name} [m/s]", part, lambda v: float(f"{v:.7g}")


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


def _known(one: ResolvedField) -> dict[str, NDArray[Any]]:
    """Return what is known of the cells by name, in display units; what is NaN everywhere was not solved for."""
    found: dict[str, NDArray[Any]] = {}
    if np.isfinite(one.temperature).any():
        found["temperature"] = np.asarray(one.temperature, np.float64) - CELSIUS
    if one.fluid.any():
        found |= {"pressure": one.pressure, "velocity": one.velocity, "speed": one.speed, "fluid": one.fluid}
    return {**found, "material": one.material}


def _cells(resolved: Resolved, one: ResolvedField) -> pv.RectilinearGrid:
    """Return the cells of a field with all their numbers."""
    import pyvista as pv

    grid = pv.RectilinearGrid(*one.faces)
    for name, values in _known(one).items():
        kind = np.uint8 if name in {"fluid", "material"} else np.float64
        flat = values.reshape(3, -1).T if name == "velocity" else values.ravel()
        grid.cell_data[name] = flat.astype(kind)
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
    if np.isfinite(lines.temperature).any():
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
        if any(lines):
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
