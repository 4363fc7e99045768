"""A computed closure as a file that racks include, and whose name plates write in `channels.closure`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import thermal
from thermal.errors import InputError, Problem
from thermal.results.whole_file import check_marked_file, write_whole
from thermal.simulation.plate_resolved import ResolvedClosure

if TYPE_CHECKING:
    from thermal.coldplate.film_fit import FilmFit
    from thermal.coldplate.resolved_fit import Fit

__all__ = ["check_closure", "closure_name", "closure_text", "write_closure"]

OPTION, MARK = "--closure", "# Computed from resolved channels by `thermal coldplate"
DIGITS = 7


def closure_name(file: str | Path) -> str:
    """Return the name of a closure, that of its file.

    Raises
    ------
    InputError
        A name that no path could hold.
    """
    name = Path(file).stem
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,79}", name):
        return name
    wrong = f"'{name:.80}' is no name for a closure"
    right = "name the file by a letter, then letters, digits, '_' and '-'"
    raise InputError([Problem(str(file), 0, 0, OPTION, wrong, right)])


def check_closure(file: str | Path) -> None:
    """Make sure that the file may be written, and that it is not a file of the user's own.

    Raises
    ------
    InputError
        When it is no YAML by its ending, cannot be written, or holds something other than a closure; as `closure_name`.
    """
    closure_name(file)
    check_marked_file(file, OPTION, MARK, "computed closure")


def write_closure(file: str | Path, closure: ResolvedClosure) -> None:
    """Write the closure, whole or not at all; an earlier one is replaced; raises InputError as `check_closure`."""
    check_closure(file)
    text = closure_text(closure)

    def fill(out: TextIO) -> None:
        out.write(text)

    write_whole(file, OPTION, fill)


def closure_text(closure: ResolvedClosure) -> str:
    """Return the closure as YAML, with what it was computed from and how good it is."""
    fit, shape = closure.fit, closure.fit.shape
    names = ("developed", "entry", "exponent", "blend")
    lines = [
        f"{MARK} {closure.plate} --fidelity resolved --closure`, thermal {thermal.__version__}.",
        f"# Include this file in a rack and write `closure: resolved/{closure.name}` into the plate's channels.",
        "closures:",
        f"  {closure.name}:",
        f"    title: {_quoted(f'channels of {closure.title}')}",
        "    basis: inferred",
        f"    source: {_quoted(_source(closure))}",
        f"    note: {_quoted(_note(closure))}",
        "    channel:",
        f"      width: {shape.width * 1e3:.9g} mm",
        f"      height: {shape.height * 1e3:.9g} mm",
        f"      wall: {shape.wall * 1e3:.9g} mm",
        f"      conductivity: {shape.conductivity:.9g} W/(m K)",
        f"      path: {shape.run * 1e3:.9g} mm",
        f"    reynolds: {_span(fit.reynolds)}",
        f"    prandtl: {_span(fit.prandtl)}",
        *_fit("friction", fit.friction, ("developed", "excess", "constant")),
        *_fit("film", fit.film, names),
        *_fit("root", fit.root, names),
    ]
    if fit.losses is not None:
        lines.append("    losses:")
        lines += [f"      {key}: {value:.{DIGITS}g}" for key, value in fit.losses._asdict().items()]
    if fit.slot is not None:
        length, *rest = fit.slot
        lines += ["    slot:", f"      length: {length * 1e3:.9g} mm"]
        lines += [f"      {key}: {value:.{DIGITS}g}" for key, value in zip(fit.slot._fields[1:], rest, strict=True)]
    return "\n".join(lines) + "\n"


def _fit(name: str, fit: Fit | FilmFit, constants: tuple[str, ...]) -> list[str]:
    values = (f"      {key}: {value:.{DIGITS}g}" for key, value in zip(constants, fit.constants, strict=True))
    return [
        f"    {name}:",
        *values,
        f"      range: {_span((fit.low, fit.high))}",
        f"      error_max: {fit.error_max:.3g}",
        f"      error_rms: {fit.error_rms:.3g}",
        f"      grid_error: {fit.grid_error:.3g}",
    ]


def _span(span: tuple[float, float]) -> str:
    # rounded outwards, so that the runs' own ends lie inside
    return f"[{span[0] * (1.0 - 1e-5):.5g}, {span[1] * (1.0 + 1e-5):.5g}]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _source(closure: ResolvedClosure) -> str:
    fit = closure.fit
    what = "unit cell" if fit.losses is None else "unit cell, and sector with slot and plenums,"
    return (
        f"computed by thermal {thermal.__version__}: {what} resolved in 3D, {fit.across} cells across a channel "
        f"({fit.cells} cells) and a coarser grid, extrapolated; {fit.runs} flows of {closure.coolant.name} from "
        f"{closure.inlet - 273.15:.4g} °C; {closure.on.isoformat()}"
    )


def _note(closure: ResolvedClosure) -> str:
    fit = closure.fit
    low, high = closure.flows[0] * 6e4, closure.flows[-1] * 6e4
    inlet = "even flow at the inlet, developing" if fit.losses is None else "films and losses of the sector"
    return (
        f"{closure.plate} of {closure.rack}, {low:.4g} to {high:.4g} L/min, Re {fit.reynolds[0]:.3g} to "
        f"{fit.reynolds[1]:.3g}; fits are off by {100 * fit.friction.error_rms:.2g} % (friction), "
        f"{100 * fit.film.error_rms:.2g} % (film) and {100 * fit.root.error_rms:.2g} % (root) rms; {inlet}; "
        f"properties of the mean temperature; {'; '.join(('computed, not validated by experiment', *fit.notes))}"
    )
