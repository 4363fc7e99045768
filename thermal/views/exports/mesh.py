"""A run for ParaView and CAD: the layout as VTK blocks (``.vtm``), one grid (``.vtu``) or bare surfaces (``.stl``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from thermal.rack.layout import Box
from thermal.results.dataset import Results
from thermal.views.exports.items import ALWAYS, Item, items_of, units_of
from thermal.views.exports.planes import planes_of
from thermal.views.scenes import solids as solids

if TYPE_CHECKING:
    import pyvista as pv

__all__ = ["write_stl", "write_vtm", "write_vtu"]

MILLIMETRE = 1e3  # STL has no unit and CAD programs take it for millimetres
SIDES = 12
# corners of a hexahedron in VTK's order, and the edges between them
HEXAHEDRON = np.array([[x, y, z] for z in (0, 1) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))], np.float64)
EDGES = np.array([[0, 1], [1, 2], [2, 3], [3, 0], [4, 5], [5, 6], [6, 7], [7, 4], [0, 4], [1, 5], [2, 6], [3, 7]])


def write_vtm(results: Results, file: Path) -> None:
    """Write nested blocks named as the paths: ``compute[18]`` / ``module[1]`` / ``gpu_plate[2]``.

    Each part is a block whose cells carry its numbers and whose field data tell path, role, part, tray, basis and the
    units; trays and the frame are lines. Planes of plates stand inside their plate's block. The blocks lie in a folder
    of the file's name beside it.
    """
    items = items_of(results)
    units = units_of(items)
    tree: dict[str, Any] = {}
    for item in items:
        branch = _branch(tree, item)
        _put(branch, item.shape.role, _labelled(_solid(item), item, units))
    if results.plates is not None:
        for item in items:
            if isinstance(item.shape, Box) and item.shape.role == "plate":
                for name, grid in planes_of(results.plates, item.path, item.shape).items():
                    _put(_branch(tree, item), f"plane {name}", grid)
    root = _blocks(tree)
    root.field_data["run"] = [_ascii(text) for text in _about(results)]
    root.field_data["units"] = [f"{name} {unit}" for name, unit in units.items()]
    root.save(file)


def write_vtu(results: Results, file: Path) -> None:
    """Write all parts as one unstructured grid.

    Cells carry the numbers, NaN where one does not apply, and ``item``, the row of ``items`` in the field data. These
    (``items``: one path per line; ``units``: one number and unit per line; ``run``) are UTF-8 as bytes, which every
    reader of the format takes.
    """
    import pyvista as pv

    items = items_of(results)
    units = units_of(items)
    grids = []
    for row, item in enumerate(items):
        grid = _solid(item).cast_to_unstructured_grid()
        for name in units:
            grid.cell_data[name] = np.full(grid.n_cells, item.numbers.get(name, np.nan))
        grid.cell_data["item"] = np.full(grid.n_cells, row, np.int32)
        grids.append(grid)
    whole = pv.merge(grids, merge_points=False)
    _label_units(whole, units)
    texts = {
        "items": [item.path for item in items],
        "units": [f"{name} {unit}" for name, unit in units.items()],
        "run": _about(results),
    }
    for name, lines in texts.items():
        whole.field_data[name] = np.frombuffer("\n".join(lines).encode(), np.uint8)
    whole.save(file)


def write_stl(results: Results, file: Path) -> None:
    """Write the surfaces of all parts in millimetres; what only holds others (frame, trays) is left out."""
    surface = solids.join([_surface(item) for item in items_of(results) if not item.hollow])
    _skin(solids.Surface(surface.points * MILLIMETRE, surface.faces)).save(file)


def _solid(item: Item) -> pv.DataSet:
    """Return a part as cells: a box as one hexahedron or its edges, a tube as its skin."""
    import pyvista as pv

    shape = item.shape
    if not isinstance(shape, Box):
        return _skin(_surface(item))
    corners = np.array(shape.origin) + HEXAHEDRON * np.array(shape.size)
    if item.hollow:
        return pv.PolyData(corners, lines=np.insert(EDGES, 0, 2, axis=1).ravel())
    return pv.UnstructuredGrid({pv.CellType.HEXAHEDRON: np.arange(8)[None]}, corners)


def _skin(surface: solids.Surface) -> pv.PolyData:
    import pyvista as pv

    triangles = np.insert(surface.faces, 0, 3, axis=1)  # each begins with its count of corners
    return pv.PolyData(surface.points, faces=triangles.ravel())


def _surface(item: Item) -> solids.Surface:
    shape = item.shape
    if isinstance(shape, Box):
        return solids.box(shape.origin, shape.size)
    return solids.tube(shape.points, shape.diameter, sides=SIDES)


def _labelled(grid: pv.DataSet, item: Item, units: Mapping[str, str]) -> pv.DataSet:
    """Give a part's cells its numbers, and the part its names."""
    for name in dict.fromkeys([*ALWAYS, *item.numbers]):
        grid.cell_data[name] = np.full(grid.n_cells, item.numbers.get(name, np.nan))
    for name, text in item.texts.items():
        grid.field_data[name] = [_ascii(text)]
    grid.field_data["units"] = [f"{name} {units[name]}" for name in grid.cell_data]
    _label_units(grid, units)
    return grid


def _label_units(grid: pv.DataSet, units: Mapping[str, str]) -> None:
    """Tell each array its unit the way ParaView reads it for its legends."""
    from vtkmodules.vtkCommonCore import vtkDataArray

    for name, unit in units.items():
        array = grid.GetCellData().GetArray(name)
        if array is not None:
            array.GetInformation().Set(vtkDataArray.UNITS_LABEL(), unit)


def _branch(tree: dict[str, Any], item: Item) -> dict[str, Any]:
    """Return the place of a path in the tree, made where there is none."""
    for part in item.path.split("/"):
        tree = tree.setdefault(part, {})
    return tree


def _put(branch: dict[str, Any], name: str, grid: pv.DataSet) -> None:
    """Put a grid under a name, numbered from the second one on."""
    taken = sum(1 for known in branch if known == name or known.startswith(f"{name} ("))
    branch[f"{name} ({taken + 1})" if taken else name] = grid


def _blocks(tree: Mapping[str, Any]) -> pv.MultiBlock:
    """Return a tree as nested blocks; a path with one grid and nothing beneath is that grid."""
    import pyvista as pv

    blocks = pv.MultiBlock()
    for name, content in tree.items():
        inner: Sequence[Any] = [*content.values()] if isinstance(content, dict) else [content]
        alone = len(inner) == 1 and not isinstance(inner[0], dict)
        blocks.append(inner[0] if alone else _blocks(content), _ascii(name))
    return blocks


def _about(results: Results) -> list[str]:
    summary = results.summary
    return [f"rack {summary['rack']}", f"fidelity {summary['fidelity']}", f"thermal {summary['version']}", "lengths m"]


def _ascii(text: str) -> str:
    """Return text as VTK's own files take it."""
    return text.encode("ascii", "backslashreplace").decode("ascii")
