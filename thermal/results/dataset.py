"""Results of one run: named tables in SI, and the labelled data set made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thermal.results.summary import Summary
from thermal.vocabulary import VOCABULARY

if TYPE_CHECKING:
    import xarray as xr

    from thermal.results.plate_fields import PlateFields

__all__ = ["Column", "Results", "Table"]

Column = tuple[str | None, ...] | NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length along one dimension.

    Parameters
    ----------
    dimension : str
        What a row is: ``device``, ``tray``, ``branch`` or ``node``.
    columns : mapping of str to sequence of str or array of float
        The first one is ``path``. A column of text holds str or None; a column of numbers has a name of the
        vocabulary and its SI unit, NaN standing for "does not apply" only (the coolant flow of an air-cooled
        device).

    Raises
    ------
    ValueError
        For columns of different length, a number without a row in the vocabulary, or an infinite number.
    """

    dimension: str
    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        """Freeze the columns and check names and lengths."""
        frozen = {name: _frozen_column(self.dimension, name, column) for name, column in self.columns.items()}
        lengths = {name: len(column) for name, column in frozen.items()}
        if len(set(lengths.values())) > 1:
            message = f"table of {self.dimension}s: columns differ in length {lengths}; give one entry per row"
            raise ValueError(message)
        if next(iter(frozen), None) != "path":
            message = f"table of {self.dimension}s: the first column is {next(iter(frozen), None)!r}; it is 'path'"
            raise ValueError(message)
        object.__setattr__(self, "columns", MappingProxyType(frozen))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.columns["path"])

    def __getitem__(self, name: str) -> Column:
        """Return one column."""
        return self.columns[name]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a column of numbers, read-only, SI."""
        column = self.columns[name]
        if isinstance(column, tuple):
            message = f"column {name!r} of the {self.dimension}s holds text, not numbers"
            raise TypeError(message)
        return column

    def rows(self) -> list[dict[str, Any]]:
        """Return one dict per row with the vocabulary's keys, numbers in display units, None where NaN."""
        shown: dict[str, Sequence[Any]] = {}
        for name, column in self.columns.items():
            if isinstance(column, tuple):
                shown[name] = column
            else:
                quantity = VOCABULARY[name]
                values = quantity.shown(column).tolist()
                shown[quantity.key] = [None if value != value else value for value in values]
        return [dict(zip(shown, entry, strict=True)) for entry in zip(*shown.values(), strict=True)]


def _frozen_column(dimension: str, name: str, column: Any) -> Column:
    """Return a read-only copy of a column of text or of numbers."""
    if name not in VOCABULARY:
        if any(entry is not None and not isinstance(entry, str) for entry in column):
            message = (
                f"table of {dimension}s: numbers in column {name!r} have no row in thermal.vocabulary; add it there"
            )
            raise ValueError(message)
        return tuple(column)
    numbers = np.array(column, dtype=np.float64)
    if np.isinf(numbers).any():
        message = f"table of {dimension}s: column {name!r} holds an infinite number"
        raise ValueError(message)
    numbers.setflags(write=False)
    return numbers


@dataclass(frozen=True, eq=False)
class Results:
    """Everything one run gave: a summary in display units, tables in SI, bills and provenance.

    Parameters
    ----------
    summary : Summary
        The object that ``--json`` prints.
    devices, trays, branches, nodes : Table
        SI; the columns a run fills are listed in ``docs/nomenclature.md``.
    bills : sequence of dict
        Bills with their lines, one per price book, as ``thermal cost --json`` prints them.
    provenance : dict
        Rack name, rack text and its hash, version, date, tolerances, residuals, fidelity.
    plates : PlateFields, optional
        Fields of the cold plates; None at network fidelity.
    layout : mapping, optional
        Where everything stands, in the form of JSON (`thermal.rack.layout.layout_from` reads it), worked out at the
        first look into it; None in results that no simulation of ours made.

    Examples
    --------
    ``results.dataset["device_junction_temperature"].sel(device="compute[18]/gpu[3]")``
    """

    summary: Summary
    devices: Table
    trays: Table
    branches: Table
    nodes: Table
    bills: Sequence[Mapping[str, Any]] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    plates: PlateFields | None = None
    layout: Mapping[str, Any] | None = None

    @property
    def tables(self) -> tuple[Table, ...]:
        """The four tables, devices first."""
        return (self.devices, self.trays, self.branches, self.nodes)

    @cached_property
    def dataset(self) -> xr.Dataset:
        """All tables as one labelled data set.

        Dimensions are ``device``, ``tray``, ``branch`` and ``node``, each with the paths as its coordinate; a
        variable is named by dimension and column (``branch_mass_flow``) and carries ``units`` and ``long_name``.
        Absent text is the empty string. Summary, bills and provenance are attributes, as JSON text. The fields of the
        cold plates are data sets of their own, see `thermal.results.plate_fields`.
        """
        import xarray as xr

        coordinates = {}
        variables = {}
        for table in self.tables:
            for name, column in table.columns.items():
                if name == "path":
                    label = {"long_name": f"path of the {table.dimension}"}
                    coordinates[table.dimension] = (table.dimension, np.array(column, dtype=object), label)
                    continue
                if isinstance(column, tuple):
                    text = np.array([entry or "" for entry in column], dtype=object)
                    entry: tuple[str, Any, dict[str, str]] = (table.dimension, text, {"long_name": name})
                else:
                    quantity = VOCABULARY[name]
                    entry = (table.dimension, column, {"units": quantity.unit, "long_name": quantity.long_name})
                variables[f"{table.dimension}_{name}"] = entry
        attributes = {
            "title": f"Thermal simulation of {self.summary['rack']}",
            "summary": json.dumps(self.summary, allow_nan=False),
            "bills": json.dumps(list(self.bills), allow_nan=False),
            "provenance": json.dumps(dict(self.provenance), allow_nan=False),
        }
        return xr.Dataset(variables, coords=coordinates, attrs=attributes)
