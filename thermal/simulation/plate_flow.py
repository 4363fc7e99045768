"""Coolant network and cold plates brought to agree: each plate's pressure drop is that of its geometry."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thermal.correlations.coolant import density, viscosity
from thermal.errors import ConvergenceError, OperatingRangeError
from thermal.hydraulics.loop import LoopSolution, solve_loop
from thermal.hydraulics.network import GRAVITY
from thermal.rack.expand import Assembly
from thermal.rack.laws import PressureDrop, TableDrop
from thermal.rack.parts import Plate
from thermal.rack.schema import Rack
from thermal.rack.values import Value
from thermal.simulation.plate_instances import PlateInstance
from thermal.simulation.plate_range import LAMINAR

if TYPE_CHECKING:
    from thermal.coldplate.model import PlateModel
    from thermal.coldplate.planform import PlanformFlow

__all__ = ["CoupledLoop", "coupled_loop"]

PASSES = 30
SETTLED = 1.0e-6  # relative change of a plate's flow from one pass to the next
WIDE = (0.03, 0.2, 0.6)  # of the least flow, and their inverses of the largest: points of a law beyond its plates
MARGIN, STEP = 0.005, 0.02  # relative: of the closely tabulated flows beyond those that occur, and between its points
NOTED = 0.05  # relative difference of pressure drop, measured against geometry, that is worth a note
UNEVEN = 1.5  # largest over smallest share of a channel that is worth a note
HEAD = 0.5  # dynamic head in the plenums over the drop of the channels that is worth a note
L_MIN = 1.0e-3 / 60.0
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CoupledLoop:
    """A coolant loop in which the plates' pressure drops are those of their geometry.

    Attributes
    ----------
    loop : LoopSolution
        The loop.
    mass_flow, volume_flow, inlet, outlet : (instances,) float64
        Of the coolant in each plate [kg/s], [m3/s], [K].
    passes : int
        Times that the network was solved.
    notes : tuple of str
        Plates whose measured pressure drop differs from that of their geometry, or whose flow is beyond what the model
        of it holds for; of each part the plate with the largest Reynolds number is looked at.
    """

    loop: LoopSolution
    mass_flow: Floats
    volume_flow: Floats
    inlet: Floats
    outlet: Floats
    passes: int
    notes: tuple[str, ...]


def coupled_loop(
    rack: Rack,
    assembly: Assembly,
    heat: Floats,
    instances: Sequence[PlateInstance],
    models: Mapping[str, PlateModel],
) -> CoupledLoop:
    """Solve the loop with the laws of the plates' geometry in place of their measured or channel laws.

    A law is a table of the model's pressure drop at the mean coolant temperature of the plates of that part; the
    network moves it to each plate's own temperature at like Reynolds number, which is exact for flow in a given
    geometry. Tables are renewed until the flows settle.

    Parameters
    ----------
    rack, assembly : Rack, Assembly
        The rack, with coolant.
    heat : (elements,) float64
        Heat put into the coolant in each element [W].
    instances : sequence of PlateInstance
        Plates solved in 3D.
    models : mapping of str to PlateModel
        A model for each of their parts; what is on the plate does not matter here.

    Returns
    -------
    CoupledLoop
        Flows settled to 1e-6.

    Raises
    ------
    ConvergenceError
        With the largest relative change of a plate's flow in each pass.
    OperatingRangeError
        The coolant runs through a plate from its outlet to its inlet; and as `solve_loop`.
    """
    loop = solve_loop(rack, assembly, heat)
    flow, inlet, outlet = _at_plates(loop, instances)
    notes = tuple(_differences(rack, assembly, loop, instances, models))
    history: list[float] = []
    while len(history) < PASSES:
        laws = _laws(rack, loop, instances, models, flow, 0.5 * (inlet + outlet))
        loop = solve_loop(_with_laws(rack, laws), assembly, heat)
        before = flow
        flow, inlet, outlet = _at_plates(loop, instances)
        change = np.abs(flow - before) / np.maximum(flow, before)
        history.append(float(change.max()))
        if history[-1] <= SETTLED:
            volume_flow = flow / loop.density[_branches(loop, instances)]
            notes += tuple(_doubts(loop, instances, models))
            return CoupledLoop(loop, flow, volume_flow, inlet, outlet, len(history) + 1, notes)
    place = instances[int(change.argmax())].path
    cause = "flow and pressure drop drive each other in turn; choose coolant.control.kind: flow"
    what = "the flow through the cold plates"
    raise ConvergenceError(what, history, place, cause)


def _at_plates(loop: LoopSolution, instances: Sequence[PlateInstance]) -> tuple[Floats, Floats, Floats]:
    """Mass flow, inlet and outlet temperature of each plate; refuse plates that the coolant runs through backwards."""
    b = _branches(loop, instances)
    t, flow = loop.temperatures, loop.flow.mass_flow[b]
    if (flow < 0.0).any():
        worst = int(flow.argmin())
        msg = (
            f"{instances[worst].path}: {-flow[worst] / loop.density[b[worst]] / L_MIN:.2f} L/min run from its outlet "
            "to its inlet, and at plate fidelity a plate is solved forwards; turn it round or correct its circuit, or "
            "use --fidelity network"
        )
        raise OperatingRangeError(msg)
    return flow, t.inlet[b], t.outlet[b]


def _branches(loop: LoopSolution, instances: Sequence[PlateInstance]) -> NDArray[np.int64]:
    branch = {int(e): b for b, e in enumerate(loop.part.elements)}
    return np.array([branch[one.element] for one in instances], np.int64)


def _laws(
    rack: Rack,
    loop: LoopSolution,
    instances: Sequence[PlateInstance],
    models: Mapping[str, PlateModel],
    flow: Floats,
    mean: Floats,
) -> dict[str, PressureDrop]:
    """Tabulate the pressure drop of each part around the flows of its plates."""
    rows = defaultdict(list)
    for i, one in enumerate(instances):
        rows[one.part].append(i)
    laws = {}
    for part, members in rows.items():
        T = float(mean[members].mean())
        rho, mu = density(loop.fluid, T), viscosity(loop.fluid, T)
        # at like Reynolds number, the only thing that counts in a given geometry
        alike = flow[members] * mu / np.array([viscosity(loop.fluid, own) for own in mean[members]])
        points = [
            (Value(float(m) / rho), Value(models[part].pressure_drop(float(m), T, loop.fluid)))
            for m in _tabulated(alike)
        ]
        table = TableDrop.model_construct(points=tuple(points), viscosity=Value(mu), density=Value(rho))
        laws[part] = PressureDrop.model_construct(quadratic=None, table=table, point=None)
    return laws


def _tabulated(flows: Floats) -> Floats:
    """Flows to tabulate: closely over those that occur, and some far around them."""
    low, high = float(flows.min()) * (1.0 - MARGIN), float(flows.max()) * (1.0 + MARGIN)
    inner = np.geomspace(low, high, 3 + math.ceil(math.log(high / low) / STEP))
    wide = np.array(WIDE)
    return np.concatenate([low * wide, inner, high / wide[::-1]])


def _with_laws(rack: Rack, laws: Mapping[str, PressureDrop]) -> Rack:
    """Return the rack with other pressure drops in its plates."""
    parts = {name: rack.parts[name].model_copy(update={"pressure_drop": law}) for name, law in laws.items()}
    return rack.model_copy(update={"parts": {**rack.parts, **parts}})


def _differences(
    rack: Rack,
    assembly: Assembly,
    loop: LoopSolution,
    instances: Sequence[PlateInstance],
    models: Mapping[str, PlateModel],
) -> Iterator[str]:
    """Compare measured pressure drops with those of the geometry, at one plate of each part."""
    branches, p = _branches(loop, instances), loop.flow.pressure
    for i in _fastest(loop, instances):
        one, b = instances[i], branches[i]
        plate = rack.parts[one.part]
        assert isinstance(plate, Plate)
        if plate.pressure_drop is None:
            continue
        m, rho = float(loop.flow.mass_flow[b]), float(loop.density[b])
        mean = 0.5 * float(loop.temperatures.inlet[b] + loop.temperatures.outlet[b])
        element, nodes = assembly.elements[one.element], assembly.nodes
        weight = rho * GRAVITY * (nodes[element.end].height - nodes[element.start].height)
        measured = abs(float(p[element.start] - p[element.end]) - weight)
        geometry = models[one.part].pressure_drop(m, mean, loop.fluid)
        if abs(geometry - measured) > NOTED * measured:
            yield (
                f"{one.part}: at {m / rho / L_MIN:.2f} L/min its geometry takes {geometry / 1e3:.1f} kPa, its measured "
                f"law {measured / 1e3:.1f} kPa; plate fidelity uses the geometry"
            )


def _fastest(loop: LoopSolution, instances: Sequence[PlateInstance]) -> list[int]:
    """Return the plate of each part that has the largest Reynolds number: what is doubted is doubted there first."""
    b = _branches(loop, instances)
    mean = 0.5 * (loop.temperatures.inlet[b] + loop.temperatures.outlet[b])
    speed = loop.flow.mass_flow[b] / np.array([viscosity(loop.fluid, float(T)) for T in mean])
    fastest: dict[str, int] = {}
    for i, one in enumerate(instances):
        if speed[i] > speed[fastest.setdefault(one.part, i)]:
            fastest[one.part] = i
    return list(fastest.values())


def _doubts(loop: LoopSolution, instances: Sequence[PlateInstance], models: Mapping[str, PlateModel]) -> Iterator[str]:
    """Say where the model of a part's flow is used beyond what it holds for."""
    branches = _branches(loop, instances)
    for i in _fastest(loop, instances):
        one, b = instances[i], branches[i]
        mean = 0.5 * float(loop.temperatures.inlet[b] + loop.temperatures.outlet[b])
        flow = models[one.part].flow(float(loop.flow.mass_flow[b]), mean, loop.fluid)
        doubts = _not_laminar(one, flow), _doubt(one.part, flow), _uneven(one.part, flow)
        yield from (doubt for doubt in doubts if doubt)


def _not_laminar(one: PlateInstance, flow: PlanformFlow) -> str:
    """Say when channels are not laminar; nothing otherwise."""
    if flow.reynolds <= LAMINAR:
        return ""
    return (
        f"{one.path}: its channels have a Reynolds number of {flow.reynolds:.0f}, and pressure drop and film of "
        f"{one.part} hold for laminar flow, up to {LAMINAR:.0f}; give it less flow, or trust neither"
    )


def _uneven(part: str, flow: PlanformFlow) -> str:
    """Say when some channels get much more coolant than others; nothing otherwise."""
    slowest, fastest = float(flow.velocity.min()), float(flow.velocity.max())
    if fastest <= UNEVEN * slowest:
        return ""
    return (
        f"{part}: its channels are fed unevenly, {fastest:.2f} m/s in the fastest and {slowest:.2f} m/s in the "
        "slowest; wider plenums (body.plenum, body.slot) or finer channels even it out"
    )


def _doubt(part: str, flow: PlanformFlow) -> str:
    """Say when the plenums' momentum is too strong to trust the channels' shares; nothing otherwise."""
    channels = flow.parts["fins"] + flow.parts["mouths"]
    if flow.plenum_head <= HEAD * channels:
        return ""
    return (
        f"{part}: the coolant in its plenums has a dynamic head of {flow.plenum_head / 1e3:.1f} kPa, its channels take "
        f"{channels / 1e3:.1f} kPa: momentum then decides how the flow divides among the channels, and the planform "
        "model knows it as steady and of one profile over the depth; give the plenums more height "
        "(body.plenum.height) or take the shares as a guess"
    )
