"""What scenes read of a stored run: where things stand, and their rows of numbers by path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from thermal.errors import InputError, Problem
from thermal.rack.layout import Box, Layout, layout_from
from thermal.results.dataset import Results

__all__ = ["Row", "Run", "near", "run_of"]

Row = Mapping[str, Any]
MOST_NAMES = 3


@dataclass(frozen=True, eq=False)
class Run:
    """One run, ready to be drawn.

    Parameters
    ----------
    results : Results
        The run itself.
    layout : Layout
        Where everything stands.
    devices, branches, trays : mapping of str to row
        Rows of the tables by path, in display units.
    """

    results: Results
    layout: Layout
    devices: Mapping[str, Row]
    branches: Mapping[str, Row]
    trays: Mapping[str, Row]

    @property
    def title(self) -> str:
        """Title of the rack, or its name."""
        return str(self.results.summary.get("title") or self.results.summary["rack"])

    @property
    def point(self) -> str:
        """The operating point in a line."""
        summary = self.results.summary
        coolant = summary["coolant"]
        parts = [f"{summary['heat_total_W'] / 1e3:.1f} kW"]
        if coolant is not None:
            flow, supply, back = coolant["flow_L_min"], coolant["supply_C"], coolant["return_C"]
            parts.append(f"{coolant['fluid']} {flow:.1f} L/min, {supply:.1f} → {back:.1f} °C")
        return " · ".join([*parts, f"{summary['fidelity']} fidelity"])

    def boxes(self, *roles: str, tray: str | None = None) -> list[Box]:
        """Return the boxes of some roles, of one tray or of all."""
        return [box for box in self.layout.boxes if box.role in roles and tray in (None, box.tray)]

    def drawn_devices(self, tray: str | None = None) -> list[Box]:
        """Return the boxes that are devices of the results, of one tray or of all."""
        return [box for box in self.layout.boxes if box.path in self.devices and tray in (None, box.tray)]


def run_of(results: Results) -> Run:
    """Return a run that can be drawn.

    Raises
    ------
    InputError
        The run does not say where its parts stand, or says it in another form.
    """
    name = str(results.summary["rack"])
    if results.layout is None:
        raise _problem(name, "layout", "the run does not hold where its parts stand", "simulate the rack again")
    try:
        layout = layout_from(results.layout)
    except (KeyError, TypeError, ValueError) as error:
        wrong = f"where the parts stand cannot be read ({error!r})"
        raise _problem(name, "layout", wrong, "simulate the rack again") from error
    devices, branches, trays = (
        {str(row["path"]): row for row in table.rows()} for table in (results.devices, results.branches, results.trays)
    )
    return Run(results, layout, devices, branches, trays)


def near(name: str, known: Sequence[str], what: str) -> InputError:
    """Return the error for a name that is none of the known ones, with those that look like it."""
    alike = get_close_matches(name, known, n=MOST_NAMES, cutoff=0.4) or list(known[:MOST_NAMES])
    more = ", …" if len(known) > len(alike) else ""
    right = f"name one of {', '.join(alike)}{more}" if known else f"name a run with a {what}"
    return _problem(name, what, f"there is no such {what} in this run", right)


def _problem(place: str, path: str, wrong: str, right: str) -> InputError:
    return InputError([Problem(place, 0, 0, path, wrong, right)])
