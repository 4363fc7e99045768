"""A run on disk: CSV and JSON for people, netCDF for programs, read again without solving."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from thermal.errors import InputError, Problem
from thermal.results.dataset import Column, Results, Table
from thermal.results.folder import check_manifest, listed, written_folder
from thermal.vocabulary import VOCABULARY

if TYPE_CHECKING:
    from thermal.results.plate_fields import PlateFields

__all__ = ["KIND", "load", "store", "write_bills"]

KIND = "run"
DATA, SUMMARY, RACK, BILL = "results.nc", "summary.json", "rack.txt", "bill.csv"
PLATES, VOLUMES = "plates.nc", "plate_volumes.nc"
LAYOUT = "layout.json"
COMPRESSION = {"zlib": True, "complevel": 1, "shuffle": True}  # without loss; a higher level is slow and gains little
TABLES = {"device": "devices.csv", "tray": "trays.csv", "branch": "branches.csv", "node": "nodes.csv"}
BILL_COLUMNS = ("item", "part", "supplier_group", "quantity", "unit_price", "low", "high", "amount", "source")


def store(results: Results, folder: str | Path) -> None:
    """Write a run; an earlier run in that folder is replaced only once the new one is whole on disk.

    Parameters
    ----------
    results : Results
        The run.
    folder : str or Path
        New, empty, or an earlier run with nothing added to it. It then holds ``summary.json``, ``devices.csv``,
        ``trays.csv``, ``branches.csv``, ``nodes.csv`` and ``bill.csv`` (display units, named in the headings),
        ``results.nc`` (SI, everything), ``rack.txt`` (text of the definition and its includes), ``layout.json`` (where
        everything stands [m]) and ``manifest.json``; at plate fidelity also ``plates.nc`` (planes and channels'
        flow of every plate, a group for each part) and, where volumes were kept, ``plate_volumes.nc``.

    Raises
    ------
    InputError
        When the folder may not be written, or the disk refuses.
    """
    about = {"rack": results.summary["rack"], "version": results.summary["version"]}
    with written_folder(folder, KIND, about) as draft:
        for table in results.tables:
            headings = [VOCABULARY[name].heading if name in VOCABULARY else name for name in table.columns]
            _write_csv(draft / TABLES[table.dimension], headings, (row.values() for row in table.rows()))
        write_bills(draft / BILL, results.bills)
        text = json.dumps(results.summary, indent=2, ensure_ascii=False, allow_nan=False)
        (draft / SUMMARY).write_text(text + "\n", encoding="utf-8")
        (draft / RACK).write_text(str(results.provenance.get("rack_text", "")), encoding="utf-8")
        if results.layout is not None:
            (draft / LAYOUT).write_text(json.dumps(dict(results.layout), allow_nan=False) + "\n", encoding="utf-8")
        results.dataset.to_netcdf(draft / DATA, engine="netcdf4")
        if results.plates is not None:
            _write_plates(draft, results.plates)


def write_bills(path: Path, bills: Sequence[Mapping[str, Any]]) -> None:
    """Write the lines of all bills as one CSV file, each with its rack, price book and currency."""
    columns = ("rack", "prices", "currency", *BILL_COLUMNS)
    lines: Iterator[dict[str, Any]] = (
        {"rack": bill["rack"], "prices": bill["prices"], "currency": bill["currency"], **line}
        for bill in bills
        for line in bill["lines"]
    )
    _write_csv(path, columns, ([line.get(name) for name in columns] for line in lines))


def load(folder: str | Path, *, volumes: bool = False) -> Results:
    """Read a stored run without solving.

    Parameters
    ----------
    folder : str or Path
        What `store` wrote.
    volumes : bool
        Also read the volumes of the plates, which may be large.

    Raises
    ------
    InputError
        When the folder is missing, not a run, of another format, or incomplete, or was stored without the volumes
        asked for.
    """
    import xarray as xr

    place = check_manifest(folder, KIND, (DATA, SUMMARY))
    with xr.open_dataset(place / DATA, engine="netcdf4", decode_times=False) as stored:
        dataset = stored.load()
    devices, trays, branches, nodes = (_table_of(dataset, dimension) for dimension in TABLES)
    return Results(
        summary=json.loads(dataset.attrs["summary"]),
        devices=devices,
        trays=trays,
        branches=branches,
        nodes=nodes,
        bills=json.loads(dataset.attrs["bills"]),
        provenance=json.loads(dataset.attrs["provenance"]),
        plates=_read_plates(place, dataset.attrs, volumes=volumes),
        layout=_read_layout(place),
    )


def _read_layout(place: Path) -> Mapping[str, Any] | None:
    """Read where everything stands; None in a run that was stored without."""
    if LAYOUT not in listed(place):
        return None
    check_manifest(place, KIND, (LAYOUT,))
    layout: Mapping[str, Any] = json.loads((place / LAYOUT).read_text(encoding="utf-8"))
    return layout


def _write_plates(draft: Path, plates: PlateFields) -> None:
    """Write planes, and volumes where there are any, compressed without loss; a netCDF group for each set."""
    from thermal.results.plate_fields import plate_dataset

    with_volumes = any(one.volumes for one in plates.sets)
    for number, one in enumerate(plates.sets, start=1):
        parts = {PLATES: replace(one, volumes={}), VOLUMES: replace(one, planes={}, channels=None)}
        for file, part in parts.items():
            if file == PLATES or with_volumes:
                dataset = plate_dataset(part)
                for name, variable in dataset.data_vars.items():
                    if str(name).startswith(("plane_", "volume_")):
                        variable.encoding.update(COMPRESSION)
                mode: Literal["w", "a"] = "a" if (draft / file).exists() else "w"
                dataset.to_netcdf(draft / file, mode, group=f"set_{number}", engine="netcdf4")


def _read_plates(place: Path, about: Mapping[str, Any], *, volumes: bool) -> PlateFields | None:
    """Read the fields of a run at plate fidelity; None at network fidelity."""
    from thermal.results.plate_fields import PlateFields, plate_set

    fidelity = json.loads(about["summary"])["fidelity"]
    if fidelity != "plate":
        return None
    if volumes and not (place / VOLUMES).exists():
        wrong, right = "the run was stored without volumes", "simulate again with --volumes"
        raise InputError([Problem(str(place), 0, 0, VOLUMES, wrong, right)])
    check_manifest(place, KIND, (PLATES, VOLUMES) if volumes else (PLATES,))
    sets = [plate_set(dataset) for dataset in _groups(place / PLATES)]
    if volumes:
        kept = [plate_set(dataset) for dataset in _groups(place / VOLUMES)]
        sets = [replace(one, volumes=more.volumes) for one, more in zip(sets, kept, strict=True)]
    return PlateFields(tuple(sets))


def _groups(file: Path) -> Iterator[Any]:
    """Yield the groups of a netCDF file in the order in which they were written."""
    import netCDF4
    import xarray as xr

    with netCDF4.Dataset(file) as stored:
        names = list(stored.groups)
    for name in names:
        with xr.open_dataset(file, group=name, engine="netcdf4", decode_times=False) as dataset:
            yield dataset.load()


def _write_csv(path: Path, headings: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)


def _table_of(dataset: Any, dimension: str) -> Table:
    """Return the table of one dimension; the empty string is None again."""
    columns: dict[str, Column] = {"path": tuple(str(path) for path in dataset[dimension].values)}
    for name, variable in dataset.data_vars.items():
        if variable.dims != (dimension,):
            continue
        numeric = np.issubdtype(variable.dtype, np.floating)
        values = variable.values if numeric else tuple(str(text) or None for text in variable.values)
        columns[str(name).removeprefix(f"{dimension}_")] = values
    return Table(dimension, columns)
