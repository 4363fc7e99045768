"""From the expanded rack to the coolant network: each element becomes one branch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermal.correlations.slot import slot_path
from thermal.hydraulics.network import Network, NetworkBuilder
from thermal.rack.expand import Assembly, Element
from thermal.rack.laws import Channels
from thermal.rack.parts import (
    CheckValve,
    Coupling,
    Exchanger,
    Filter,
    Manifold,
    Orifice,
    PartBase,
    Pipe,
    Plate,
    Pump,
    Valve,
)
from thermal.rack.schema import Rack

__all__ = ["RackNetwork", "assemble"]

KV_PER_CV = 0.865  # m3/h at 1 bar per gpm at 1 psi
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class RackNetwork:
    """A coolant network and the elements its branches stand for.

    Attributes
    ----------
    network : Network
        Nodes are the assembly's, in its order.
    elements : (branches,) int64
        Element of each branch.
    """

    network: Network
    elements: NDArray[np.int64]


def assemble(rack: Rack, assembly: Assembly, which: Iterable[int]) -> RackNetwork:
    """Build the network of some of the assembly's elements.

    Parameters
    ----------
    rack : Rack
        The rack, for its parts.
    assembly : Assembly
        Its expansion.
    which : iterable of int
        Elements to take; the others are left out.

    Returns
    -------
    RackNetwork
        The network, SI.
    """
    builder = NetworkBuilder()
    for node in assembly.nodes:
        builder.node(node.path, node.height)
    chosen = list(which)
    branch_of: dict[int, int] = {}
    served = rack.cdu.racks_served if rack.cdu else 1
    for index in chosen:
        element = assembly.elements[index]
        part = rack.parts[element.part]
        branch_of[index] = LAWS[type(part)](builder, element, part)
        if element.role == "cdu" and served > 1:
            builder.scale(branch_of[index], float(served))
    for tee in assembly.tees:
        if tee.side in branch_of and (tee.run is None or tee.run in branch_of):
            manifold = rack.parts[tee.manifold]
            assert isinstance(manifold, Manifold)  # the loader refuses others
            run = None if tee.run is None else branch_of[tee.run]
            header = float(manifold.inner_diameter)
            tap = float(manifold.tap_diameter) if manifold.tap_diameter else header
            builder.tee(tee.node, run, branch_of[tee.side], header=header, tap=tap, coefficient=float(manifold.tee_run))
    return RackNetwork(builder.build(), np.array(chosen, np.int64))


def _pipe(builder: NetworkBuilder, element: Element, part: Pipe) -> int:
    return builder.pipe(
        element.path,
        element.start,
        element.end,
        length=float(part.length),
        diameter=float(part.inner_diameter),
        roughness=float(part.roughness),
        loss=float(part.loss_coefficient),
        ambient_conductance=float(part.ambient_conductance),
    )


def _segment(builder: NetworkBuilder, element: Element, part: Manifold) -> int:
    return builder.pipe(
        element.path,
        element.start,
        element.end,
        length=float(element.length or 0.0),
        diameter=float(part.inner_diameter),
        roughness=float(part.roughness),
        loss=float(part.loss_coefficient),
    )


def _kv(part: Coupling | Valve | CheckValve | Filter) -> float:
    """Flow coefficient Kv [m3/h]."""
    return KV_PER_CV * float(part.cv) if part.cv else SECONDS_PER_HOUR * float(part.kv or 0.0)


def _bore(part: Coupling | Valve | CheckValve | Filter | Plate) -> float:
    """Inside diameter, 0 when unknown [m]."""
    return float(part.inner_diameter) if part.inner_diameter else 0.0


def _fitting(builder: NetworkBuilder, element: Element, part: Valve | CheckValve | Filter) -> int:
    opening = 1.0
    if isinstance(part, Valve):
        opening = float(part.opening)
    elif isinstance(part, Filter):
        opening = 1.0 - float(part.clogging)
    ends = (element.path, element.start, element.end)
    one_way = isinstance(part, CheckValve)
    return builder.fitting(*ends, kv=_kv(part), diameter=_bore(part), opening=opening, one_way=one_way)


def _coupling(builder: NetworkBuilder, element: Element, part: Coupling) -> int:
    ends = (element.path, element.start, element.end)
    if part.table is None:
        return builder.fitting(*ends, kv=_kv(part), diameter=_bore(part))
    flow, drop = _columns(part.table)
    return builder.table(*ends, flow=flow, drop=drop, density=999.0, viscosity=1.0e-3, diameter=_bore(part))


def _orifice(builder: NetworkBuilder, element: Element, part: Orifice) -> int:
    ends = (element.path, element.start, element.end)
    return builder.orifice(*ends, loss=float(part.loss_coefficient), diameter=float(part.inner_diameter))


def _exchanger(builder: NetworkBuilder, element: Element, part: Exchanger) -> int:
    return builder.resistance(element.path, element.start, element.end, **_quadratic(part))


def _quadratic(law: Any) -> dict[str, Any]:
    """Fields of a linear plus quadratic pressure drop; what is not given is zero, which the network knows."""
    return {name: float(getattr(law, name) or 0.0) for name in ("linear", "quadratic", "density", "viscosity")}


def _plate(builder: NetworkBuilder, element: Element, part: Plate) -> int:
    ends = (element.path, element.start, element.end)
    bore = _bore(part)
    law = part.pressure_drop
    if law is None:
        assert part.channels is not None  # the schema asks for one of the two
        c = part.channels
        length, split = float(c.length), c.split == "centre"
        if split and part.body is not None and part.body.slot is not None:
            length = 2.0 * slot_path(0.5 * length, float(c.height), float(part.body.slot))
        return builder.channels(
            *ends,
            diameter=bore,
            number=float(c.count),
            width=float(c.width),
            height=float(c.height),
            length=length,
            split=float(split),
            **_friction(c),
        )
    if law.quadratic is not None:
        return builder.resistance(*ends, diameter=bore, **_quadratic(law.quadratic))
    fluid: dict[str, Any] = {n: float(getattr(law.table or law.point, n) or 0.0) for n in ("density", "viscosity")}
    if law.table is not None:
        flow, drop = _columns(law.table.points)
        return builder.table(*ends, flow=flow, drop=drop, diameter=bore, **fluid)
    assert law.point is not None
    exponent = float(law.point.exponent)
    factor = float(law.point.pressure_drop) / float(law.point.flow) ** exponent
    return builder.power(*ends, factor=factor, exponent=exponent, diameter=bore, **fluid)


def _friction(channels: Channels) -> dict[str, Any]:
    """Losses of the channels' mouths, and constants of their friction where a closure gives them."""
    losses = {"loss": float(channels.inlet_loss) + float(channels.outlet_loss)}
    closure = channels.closure
    if closure is None:
        return losses
    if closure.losses is not None:
        losses = dict(zip(("loss", "laminar_loss"), closure.losses, strict=True))
    return losses | dict(zip(("developed", "excess", "constant"), closure.friction, strict=True))


def _pump(builder: NetworkBuilder, element: Element, part: Pump) -> int:
    head: Any = part.head.coefficients
    if part.head.table is not None:
        head = _columns(part.head.table)
        end = head[0][-1]
    else:
        head = tuple(float(c) for c in head)
        end = _end_of_curve(*head)
    limit = min(float(part.max_flow), end) if part.max_flow else end
    ends = (element.path, element.start, element.end)
    return builder.pump(*ends, head=head, limit=limit, check_valve=part.check_valve)


def _end_of_curve(c0: float, c1: float, c2: float) -> float:
    """Flow at which c₀ + c₁Q + c₂Q² gives no head [m3/s]."""
    roots = np.roots([c2, c1, c0]) if c2 else np.array([-c0 / c1 if c1 else np.inf])
    real = roots[np.isreal(roots)].real
    return float(real[real > 0.0].min(initial=np.inf))


def _columns(rows: Iterable[tuple[Any, Any]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first, second = zip(*rows, strict=True)
    return np.array([float(v) for v in first]), np.array([float(v) for v in second])


LAWS: dict[type[PartBase], Callable[[NetworkBuilder, Element, Any], int]] = {
    Pipe: _pipe,
    Manifold: _segment,
    Coupling: _coupling,
    Valve: _fitting,
    CheckValve: _fitting,
    Filter: _fitting,
    Orifice: _orifice,
    Exchanger: _exchanger,
    Plate: _plate,
    Pump: _pump,
}
"""How each kind of part becomes a branch."""
