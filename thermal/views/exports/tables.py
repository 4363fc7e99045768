"""A run as one long table (``.csv``), a plate's planes as another, and everything in one netCDF file (``.nc``)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermal.results.dataset import Results
from thermal.results.plate_fields import plate_dataset
from thermal.views.exports.planes import channel_rows, check_plate, plane_rows
from thermal.vocabulary import VOCABULARY

__all__ = ["write_netcdf", "write_planes_csv", "write_run_csv"]

PLANE_HEADINGS = ("plane", "x [mm]", "y [mm]", "z [mm]", "temperature [degC]", "share [1]", "velocity [m/s]")
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # how a spreadsheet's formula begins
COMPRESSION = {"zlib": True, "complevel": 1, "shuffle": True}


def write_run_csv(results: Results, file: Path) -> None:
    """Write trays, branches, nodes and devices one below the other, in display units named in the headings.

    The first two columns are ``dimension`` (``tray``, ``branch``, ``node``, ``device``) and ``path``; a cell that does
    not apply is empty, and so is the place of what the layout does not show.
    """
    tables = (results.trays, results.branches, results.nodes, results.devices)
    names = list(dict.fromkeys(name for table in tables for name in table.columns if name != "path"))
    texts = [name for name in names if name not in VOCABULARY]
    numbers = [name for name in names if name in VOCABULARY]
    places = _places(results)
    headings = ["dimension", "path", *texts, "x [m]", "y [m]", "z [m]", *(VOCABULARY[name].heading for name in numbers)]
    keys = [VOCABULARY[name].key for name in numbers]

    def rows() -> Iterator[list[Any]]:
        for table in tables:
            for row in table.rows():
                place = places.get(row["path"], ("", "", ""))
                yield [table.dimension, row["path"], *map(row.get, texts), *place, *map(row.get, keys)]

    _write(file, headings, rows())


def write_planes_csv(results: Results, file: Path, plate: str) -> None:
    """Write every cell of a plate's planes as a row, and every column of its channels as a row ``channels``.

    Raises
    ------
    InputError
        The run has no fields, or none of that plate.
    """
    one, row = check_plate(results, plate)
    _write(file, PLANE_HEADINGS, chain(plane_rows(one, row), channel_rows(one, row)))


def write_netcdf(results: Results, file: Path) -> None:
    """Write all tables in SI, with layout, summary, bills and provenance as attributes, and the plates as groups.

    The groups are ``plates/set_1`` and so on, one for plates of like part and packages, with volumes where loaded.
    """
    dataset = results.dataset
    if results.layout is not None:
        dataset = dataset.assign_attrs(layout=json.dumps(dict(results.layout), allow_nan=False))
    dataset.to_netcdf(file, "w", engine="netcdf4")
    for number, one in enumerate(results.plates.sets if results.plates else (), start=1):
        fields = plate_dataset(one)
        for name, variable in fields.data_vars.items():
            if str(name).startswith(("plane_", "volume_")):
                variable.encoding.update(COMPRESSION)
        fields.to_netcdf(file, "a", group=f"plates/set_{number}", engine="netcdf4")


def _places(results: Results) -> dict[str, tuple[float, float, float]]:
    """Return the middle of every part that the layout shows [m], rounded to the micrometre.

    Of a branch that several tubes show, such as a coupling with the ways in and out of it, the one counts that shows
    most of it.
    """
    if results.layout is None:
        return {}
    shown: dict[str, float] = {}
    middles: dict[str, Any] = {}
    for tube in results.layout["tubes"]:
        path, share = tube["path"], tube["stretch"][1] - tube["stretch"][0]
        if share > shown.get(path, -1.0):
            shown[path], middles[path] = share, _halfway(np.asarray(tube["points"], dtype=np.float64))
    for box in results.layout["boxes"]:
        middles[box["path"]] = np.asarray(box["origin"]) + 0.5 * np.asarray(box["size"])
    return {path: _rounded(middle) for path, middle in middles.items()}


def _halfway(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the point at half the length of a line."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    return np.array([np.interp(0.5 * along[-1], along, values) for values in points.T])


def _rounded(middle: Any) -> tuple[float, float, float]:
    x, y, z = (round(float(value), 6) for value in middle)
    return x, y, z


def _write(file: Path, headings: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows([_cell(cell) for cell in row] for row in rows)


def _cell(cell: Any) -> Any:
    """Return a cell that a spreadsheet does not take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell
