"""Where the rack's pressure goes: branch by branch along the way of the coolant that cools the deciding device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from thermal.rack.expand import Assembly
from thermal.rack.parts import Manifold, PartBase
from thermal.rack.schema import Rack
from thermal.results.summary import PressureStep
from thermal.simulation.coolant_state import CoolantState

if TYPE_CHECKING:
    from thermal.simulation.steady import Solved

__all__ = ["BUOYANCY", "pressure_path"]

BUOYANCY = "buoyancy"
KINDS: Mapping[str, str] = {
    "pipe": "pipe", "coupling": "quick disconnect", "valve": "valve", "check_valve": "check valve",
    "orifice": "restrictor", "filter": "filter", "plate": "cold plate", "exchanger": "heat exchanger",
    "pump": "pump",
}  # fmt: skip
CLASSES: Mapping[str, str] = {
    "hose": "rack hose", "tray_hose": "tray hose", "internal_manifold": "internal manifold", "gpu_plate": "GPU plate",
    "cpu_plate": "CPU plate", "switch_plate": "switch plate", "power_plate": "power plate", "cpx_plate": "CPX plate",
}  # fmt: skip


def pressure_path(solved: Solved, state: CoolantState) -> list[PressureStep]:
    """List what coolant passes on its way from the supply port through one plate to the return port.

    The plate is that of the device with the least margin of those that coolant reaches (of the hottest, where none has
    a limit). Any other way would add up to the same, as pressure is a property of the node.

    Parameters
    ----------
    solved : Solved
        The solved rack.
    state : CoolantState
        Of that rack.

    Returns
    -------
    list of PressureStep
        In the direction of flow. The drops add up to the rack's pressure drop; the last step, where it is not zero,
        is what the colder column of coolant weighs more than the warmer one. Empty where no plate has coolant.
    """
    if solved.loop is None:
        return []
    assembly = solved.assembly
    rows = {path: row for row, path in enumerate(state.branch_paths)}
    branches = {e: rows[element.path] for e, element in enumerate(assembly.elements) if element.path in rows}
    links = dict(_links(assembly, state, branches))
    plate = next((e for e in _plates(solved) if e in links), None)
    if plate is None:
        return []
    into, out_of = links[plate]
    before = _way(links, assembly.supply_port, into)
    after = _way(links, out_of, assembly.return_port)
    if before is None or after is None:
        return []
    steps = [_step(solved.rack, assembly, state, e, branches[e]) for e in (*before, plate, *after)]
    rest = solved.loop.pressure_drop / 1e3 - sum(step["pressure_drop_kPa"] for step in steps)
    if abs(rest) > 1e-6:
        ends = f"{assembly.nodes[assembly.supply_port].path} … {assembly.nodes[assembly.return_port].path}"
        steps.append({"path": ends, "part": "", "what": BUOYANCY, "pressure_drop_kPa": rest})
    return steps


def _plates(solved: Solved) -> Iterator[int]:
    """Yield the plates with devices, that of the least margin first, then the hottest."""
    chips = solved.chips
    margin = np.nan_to_num(chips.limit - chips.junction, nan=np.inf)
    hottest = -np.nan_to_num(chips.junction, nan=-np.inf)
    for d in np.lexsort((hottest, margin)).tolist():
        element = solved.assembly.devices[d].element
        if element is not None:
            yield element


def _links(
    assembly: Assembly, state: CoolantState, branches: Mapping[int, int]
) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield each branch of the rack that coolant passes, with the nodes it flows from and to."""
    unit = set(assembly.cdu_elements)
    for e, row in branches.items():
        flow, element = state.mass_flow[row], assembly.elements[e]
        if e not in unit and flow != 0.0:
            yield e, (element.start, element.end) if flow > 0.0 else (element.end, element.start)


def _way(links: Mapping[int, tuple[int, int]], start: int, end: int) -> list[int] | None:
    """Return the branches of the shortest way down the flow between two nodes; None where there is none."""
    leaving: dict[int, list[int]] = {}
    for e, (tail, _) in links.items():
        leaving.setdefault(tail, []).append(e)
    reached: dict[int, list[int]] = {start: []}
    front: Iterable[int] = [start]
    while end not in reached and front:
        found: list[int] = []
        for node in front:
            for e in leaving.get(node, ()):
                if links[e][1] not in reached:
                    reached[links[e][1]] = [*reached[node], e]
                    found.append(links[e][1])
        front = found
    return reached.get(end)


def _step(rack: Rack, assembly: Assembly, state: CoolantState, e: int, row: int) -> PressureStep:
    element = assembly.elements[e]
    part = rack.parts[element.part]
    down = state.pressure_drop[row] if state.mass_flow[row] > 0.0 else -state.pressure_drop[row]
    return {
        "path": element.path,
        "part": element.part,
        "what": _what(part, element.path),
        "pressure_drop_kPa": float(down) / 1e3,
    }


def _what(part: PartBase, path: str) -> str:
    """Say in words what a branch is: of a manifold which, else its class where that tells more than its kind."""
    if isinstance(part, Manifold):
        return path.partition("/")[0].replace("_", " ")
    kind = str(getattr(part, "kind", "part"))
    return CLASSES.get(part.item_class or "", KINDS.get(kind, kind))
