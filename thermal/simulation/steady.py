"""Steady state of a rack: coolant loop, chips, limits, bill."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from thermal.cost.bill_of_materials import bill_of_materials
from thermal.cost.prices import default_books
from thermal.hydraulics.loop import LoopSolution, solve_loop
from thermal.hydraulics.newton import newton
from thermal.lumped.chips import Chips, coolant_heat, solve_chips
from thermal.rack.expand import Assembly, expand
from thermal.rack.schema import Rack
from thermal.results.dataset import Results

if TYPE_CHECKING:
    from thermal.simulation.plates import PlateSettings, PlateSolution

__all__ = ["Solved", "compile_notice", "simulate", "solve"]

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Solved:
    """A rack with everything solved.

    Attributes
    ----------
    rack, assembly : Rack, Assembly
        What was solved.
    loop : LoopSolution or None
        The coolant; None in a rack cooled by air alone.
    chips : Chips
        The devices.
    plates : PlateSolution or None
        The fields of the cold plates; None at network fidelity.
    """

    rack: Rack
    assembly: Assembly
    loop: LoopSolution | None
    chips: Chips
    plates: PlateSolution | None = None

    @property
    def fidelity(self) -> str:
        """How the cold plates were solved: ``network`` or ``plate``."""
        return "network" if self.plates is None else "plate"


def solve(rack: Rack) -> Solved:
    """Solve coolant and chips at network fidelity; the table of contents of the method.

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


def simulate(
    rack: Rack,
    *,
    fidelity: Literal["network", "plate"] = "network",
    band: bool = False,
    resolution: float = 1.0,
    brute_force: bool = False,
    volumes: bool = False,
    progress: Progress | None = None,
) -> Results:
    """Simulate a rack in steady state.

    Parameters
    ----------
    rack : Rack
        From `thermal.load_rack`.
    fidelity : str
        ``network``: plates by their resistance; ``plate``: each plate as a field in 3D.
    band : bool
        Also run the low and high ends of every uncertain value and give the margin as a range; at network fidelity.
    resolution : float
        Of the plates' grids: 1 is the default, 2 twice as fine in each direction.
    brute_force : bool
        Solve every plate itself instead of interpolating between plates of like flow.
    volumes : bool
        Keep the temperature of every cell of the plates, not only the planes.
    progress : callable, optional
        Called with the number of runs (at plate fidelity, of solved plates) done and in all.

    Returns
    -------
    Results
        Tables in SI, the summary, bills by the price books written for this rack, provenance; at plate fidelity the
        fields.

    Raises
    ------
    ConvergenceError, OperatingRangeError
        As `solve`.
    InputError
        At plate fidelity, when no plate's geometry is given, or its grid does not fit into the memory.
    ValueError
        For options that do not go together.

    Examples
    --------
    >>> from thermal import load_rack, simulate
    >>> simulate(load_rack("gb300_nvl72")).summary["converged"]
    True
    """
    from thermal.simulation.assemble import results_of
    from thermal.simulation.band import margin_band
    from thermal.simulation.plates import PlateSettings, solve_plates

    settings = PlateSettings(resolution, brute_force, volumes)
    _refuse_combinations(fidelity, settings, band=band)
    _load_compiled_code(rack, fidelity)
    started = time.perf_counter()
    solved = solve(rack) if fidelity == "network" else solve_plates(rack, settings, progress)
    wall = time.perf_counter() - started
    bills = [bill_of_materials(rack, solved.assembly, book) for book in default_books(rack.name)]
    results = results_of(solved, [bill.summary() for bill in bills if bill.lines], wall)
    if not band:
        return results
    width, notes = margin_band(solved, progress)
    summary: Any = {**results.summary, "band": width, "notes": [*results.summary.get("notes", []), *notes]}
    return replace(results, summary=summary)


def _refuse_combinations(fidelity: str, settings: PlateSettings, *, band: bool) -> None:
    """Refuse options that would have no effect, or no meaning."""
    from thermal.simulation.plates import PlateSettings

    if fidelity not in ("network", "plate"):
        message = f"fidelity={fidelity!r} is not known; give 'network' or 'plate'"
        raise ValueError(message)
    if fidelity == "network" and settings != PlateSettings():
        message = "resolution, brute_force and volumes are about plates in 3D; add fidelity='plate', or leave them out"
        raise ValueError(message)
    if fidelity == "plate" and band:
        message = "the band moves every uncertain value, at network fidelity only; leave out band or fidelity='plate'"
        raise ValueError(message)


def _load_compiled_code(rack: Rack, fidelity: str) -> None:
    """Solve once untimed in each process: compiled code is loaded (or compiled) at its first use."""
    if "network" not in _loaded:
        solve(rack)
        _loaded.add("network")
    if fidelity not in _loaded:
        from thermal.simulation.plates import solve_one_coarsely

        solve_one_coarsely(rack)
        _loaded.add(fidelity)


_loaded: set[str] = set()


def compile_notice(fidelity: str = "network") -> str | None:
    """Return a line for the user when the solver's compiled code is not cached yet, else None."""
    folder = Path(newton.stats.cache_path or ".").parent
    missing = [words for pattern, words in CODE[fidelity] if not any(folder.rglob(pattern))]
    return f"first run: compiling {' and '.join(missing)}; later runs start from the cache" if missing else None


_NETWORK = ("newton.newton-*.nbi", "the solver (about half a minute, once)")
# fidelity → files that only its compiled code has, and what they are
CODE = {
    "network": [_NETWORK],
    "plate": [_NETWORK, ("planform_kernels.*.nbi", "the field solver (less than a minute, once)")],
    "resolved": [("saddle_kernels.relax-*.nbi", "the flow solver (about half a minute, once)")],
}
