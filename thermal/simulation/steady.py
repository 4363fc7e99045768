"""Steady state of a rack: coolant loop, chips, limits, bill."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from thermal.cost.bill_of_materials import bill_of_materials
from thermal.cost.prices import default_books
from thermal.hydraulics.loop import LoopSolution, solve_loop
from thermal.hydraulics.newton import newton
from thermal.lumped.chips import Chips, coolant_heat, solve_chips
from thermal.rack.expand import Assembly, expand
from thermal.rack.schema import Rack
from thermal.results.dataset import Results

__all__ = ["Solved", "compile_notice", "simulate", "solve"]

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Solved:
    """A rack with everything solved at network fidelity.

    Attributes
    ----------
    rack, assembly : Rack, Assembly
        What was solved.
    loop : LoopSolution or None
        The coolant; None in a rack cooled by air alone.
    chips : Chips
        The devices.
    """

    rack: Rack
    assembly: Assembly
    loop: LoopSolution | None
    chips: Chips


def solve(rack: Rack) -> Solved:
    """Solve coolant and chips; the table of contents of the method.

    Parameters
    ----------
    rack : Rack
        As loaded.

    Returns
    -------
    Solved
        Flows, temperatures, junctions.

    Raises
    ------
    ConvergenceError
        The coolant loop did not settle.
    OperatingRangeError
        No operating point within the data: pumps too weak, heat without flow, fluid outside its table.
    """
    assembly = expand(rack)
    heat, air_heat = coolant_heat(rack, assembly)
    loop = solve_loop(rack, assembly, heat) if rack.coolant is not None else None
    return Solved(rack, assembly, loop, solve_chips(rack, assembly, loop, air_heat))


def simulate(rack: Rack, *, band: bool = False, progress: Progress | None = None) -> Results:
    """Simulate a rack in steady state at network fidelity.

    Parameters
    ----------
    rack : Rack
        From `thermal.load_rack`.
    band : bool
        Also run the low and high ends of every uncertain value and give the margin as a range.
    progress : callable, optional
        Called with the number of runs done and in all while the band is computed.

    Returns
    -------
    Results
        Tables in SI, the summary, bills by the price books written for this rack, provenance.

    Raises
    ------
    ConvergenceError, OperatingRangeError
        As `solve`.

    Examples
    --------
    >>> from thermal import load_rack, simulate
    >>> simulate(load_rack("gb300_nvl72")).summary["converged"]
    True
    """
    from thermal.simulation.assemble import results_of
    from thermal.simulation.band import margin_band

    _load_compiled_code(rack)
    started = time.perf_counter()
    solved = solve(rack)
    wall = time.perf_counter() - started
    bills = [bill_of_materials(rack, solved.assembly, book) for book in default_books(rack.name)]
    results = results_of(solved, [bill.summary() for bill in bills if bill.lines], wall)
    if not band:
        return results
    width, notes = margin_band(solved, progress)
    summary: Any = {**results.summary, "band": width, "notes": [*results.summary.get("notes", []), *notes]}
    return replace(results, summary=summary)


def _load_compiled_code(rack: Rack) -> None:
    """Solve once untimed in each process: compiled code is loaded (or compiled) at its first use."""
    if not _loaded:
        solve(rack)
        _loaded.append(True)


_loaded: list[bool] = []


def compile_notice() -> str | None:
    """Return a line for the user when the solver's compiled code is not cached yet, else None."""
    folder = Path(newton.stats.cache_path or ".")
    if any(folder.glob("newton.newton-*.nbi")):
        return None
    return "first run: compiling the solver (about half a minute, once); later runs start from the cache"
