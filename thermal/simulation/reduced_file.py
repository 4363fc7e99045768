"""A reduced plate as a file of parts that racks include."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

import thermal
from thermal.correlations.coolant import conductivity, density, specific_heat, viscosity
from thermal.results.whole_file import check_marked_file, write_whole
from thermal.simulation.plate_reduced import CELSIUS, L_MIN, ReducedPart

__all__ = ["check_reduced", "reduced_text", "write_reduced"]

OPTION, MARK = "--reduced", "# Reduced from a field by `thermal coldplate"
DIGITS = 7  # of a response


def check_reduced(file: str | Path) -> None:
    """Make sure that the file may be written, and that it is not a file of the user's own.

    Raises
    ------
    InputError
        When it is no YAML by its ending, cannot be written, or holds something other than a reduced plate.
    """
    check_marked_file(file, OPTION, MARK, "reduced plate")


def write_reduced(file: str | Path, part: ReducedPart) -> None:
    """Write the part, whole or not at all; an earlier reduced plate is replaced.

    Raises
    ------
    InputError
        As `check_reduced`, or when the disk refuses; whatever was there before is still there.
    """
    check_reduced(file)
    text = reduced_text(part)

    def fill(out: TextIO) -> None:
        out.write(text)

    write_whole(file, OPTION, fill)


def reduced_text(part: ReducedPart) -> str:
    """Return the part as YAML, with what it was fitted from and how well."""
    fit, fluid = part.fit, part.fluid
    middle = fit.temperature
    lines = [
        f"{MARK} {part.plate} --fidelity plate`, thermal {thermal.__version__}.",
        f"# Include this file and the one of {part.plate}, and put {part.part} into a circuit in its place.",
        "parts:",
        f"  {part.part}:",
        f"    extends: {part.plate}",
        f"    title: {json.dumps(f'{part.title}, reduced from its field', ensure_ascii=False)}",
        "    basis: fitted",
        f"    source: {json.dumps(_source(part), ensure_ascii=False)}",
        f"    note: {json.dumps(_note(part), ensure_ascii=False)}",
        "    pressure_drop:",
        "      table:",
        f"        viscosity: {viscosity(fluid, middle):.7g} Pa s",
        f"        density: {density(fluid, middle):.7g} kg/m3",
        "        points:",
        *(f"          - [{Q / L_MIN:.9g} L/min, {p:.9g} Pa]" for Q, p in fit.drops.tolist()),
        "    resistance:",
        "      response:",
        f"        packages: [{', '.join(part.packages)}]",
        f"        coolant: {json.dumps(part.coolant.name, ensure_ascii=False)}",
        f"        flows: [{', '.join(f'{Q / L_MIN:.9g} L/min' for Q in fit.flows.tolist())}]",
        f"        spots: {list(fit.spots)}",
        "        states:",
    ]
    for state, T in enumerate(fit.temperatures.tolist()):
        lines += [
            f"          - temperature: {T - CELSIUS:.9g} degC",
            f"            conductivity: {conductivity(fluid, T):.7g} W/(m K)",
            f"            density: {density(fluid, T):.7g} kg/m3",
            f"            specific_heat: {specific_heat(fluid, T):.7g} J/(kg K)",
        ]
        for name in ("junction", "case"):
            lines += [f"            {name}:", "              unit: K/W", "              values:"]
            lines += [f"                - {_matrix(matrix)}" for matrix in getattr(fit, name)[state]]
    return "\n".join(lines) + "\n"


def _matrix(matrix: NDArray[np.float64]) -> str:
    rows = (", ".join(f"{number:.{DIGITS}g}" for number in row) for row in matrix.tolist())
    return f"[{', '.join(f'[{row}]' for row in rows)}]"


def _source(part: ReducedPart) -> str:
    low, high = (float(T) - CELSIUS for T in part.fit.temperatures)
    devices = " + ".join(f"{part.packages.count(name)} {name}" for name in dict.fromkeys(part.packages))
    return (
        f"field in 3D of {part.plate} with {devices} in {part.rack}, resolution {part.resolution:g} "
        f"({part.cells} cells), {part.coolant.name} at {part.inlet - CELSIUS:.4g} °C inlet, {low:.4g} to {high:.4g} °C "
        f"on the plate; thermal {thermal.__version__}"
    )


def _note(part: ReducedPart) -> str:
    fit = part.fit
    flows = f"{fit.flows[0] / L_MIN:.4g} to {fit.flows[-1] / L_MIN:.4g} L/min"
    turbulent = f"; above {part.laminar / L_MIN:.4g} L/min channels are not laminar" if part.laminar else ""
    return (
        f"{flows}; against exact solves between the flows and temperatures, with all devices at "
        f"{', '.join(f'{power:g}' for power in part.powers)} W, each throttled and each alone, the rise of junctions "
        f"and cases is off by {100 * fit.largest_error:.2g} % at most, the pressure drop by "
        f"{100 * fit.drop_error:.1g} %{turbulent}"
    )
