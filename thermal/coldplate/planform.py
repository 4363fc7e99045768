"""Flow over the plan of a plate: how the coolant shares itself out over the channels, and the plate's pressure drop."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.coldplate.planform_momentum import Momentum, momentum_faces
from thermal.coldplate.planform_network import ChannelLaw, PlenumLinks, PlenumSolution, channel_drops, solve_plenums
from thermal.coldplate.plenum import Plenum, joined, plenum, port_shares
from thermal.correlations.ducts import hydraulic_diameter
from thermal.correlations.slot import slot_path
from thermal.errors import InputError, OperatingRangeError, Problem
from thermal.rack.bodies import PlateBody
from thermal.rack.laws import Channels

__all__ = ["MOMENTUM", "PlanformFlow", "PlateShape", "planform_flow", "plate_flow", "plate_shape"]

Floats = NDArray[np.float64]
ROWS = 8  # cells along y in each plenum
MOMENTUM = 1.2  # mean of the squared velocity over the square of the mean, of a parabola over the plenum's height
CACHED = 32  # plates whose faces are kept


class PlateShape(NamedTuple):
    """What the flow sees of a plate; the finned zone is as wide as the columns that it is asked for."""

    number: int  # of channels side by side
    width: float  # of a channel [m]
    height: float  # of a channel [m]
    length: float  # of the finned zone along y [m]
    inlet_loss: float  # on the channel's velocity head, Hagenbach's excess not counted [-]
    outlet_loss: float
    split: bool  # fed over the middle of the fins, coolant leaves at both ends
    plenum_length: float  # along y, at each end that has one [m]
    plenum_height: float  # [m]
    slot: float  # width along y of the slot that feeds a split plate, else unused [m]
    port_diameter: float  # [m]
    port_loss: float  # of both ports and the turns behind them, on the velocity head of that diameter [-]
    laminar_loss: float = 0.0  # times 1/Re, added to the mouths' loss [-]
    friction: tuple[float, float, float] | None = None  # constants of a closure; of a rectangular duct when absent
    path: float | None = None  # that the coolant passes in a channel; length, or half of it, when absent [m]


class PlanformFlow(NamedTuple):
    """Flow through one plate at one mass flow."""

    share: (
        Floats  # (columns,) of the plate's flow in each column, sum 1; a split plate's halves carry half of it each [-]
    )
    velocity: Floats  # (columns,) mean in the channels [m/s]
    pressure_drop: float  # from port to port [Pa]
    parts: dict[str, float]  # of it in "ports", "plenum", "mouths" and "fins", by the work done there; sum is all [Pa]
    pressure: Floats  # (columns, 2 rows) in inlet and outlet plenum, over the mean where coolant leaves [Pa]
    reynolds: float  # largest of the channels, on the hydraulic diameter [-]
    plenum_head: float  # largest ρU²/2 in the plenums [Pa]
    imbalance: float  # largest mass imbalance of any cell, over the flow [-]
    history: tuple[float, ...]  # residual after each Newton step [-]


def plate_shape(channels: Channels, body: PlateBody) -> PlateShape:
    """Return what the flow sees of a plate of a rack file.

    Raises
    ------
    InputError
        A centre-fed plate without a slot.
    """
    split = channels.split == "centre"
    if split and body.slot is None:
        problem = Problem("plate", 0, 0, "body.slot", "a centre-fed plate without a slot", "give its width along y")
        raise InputError([problem])
    closure = channels.closure
    losses = float(channels.inlet_loss), float(channels.outlet_loss), 0.0
    if closure is not None and closure.losses is not None:
        losses = closure.losses[0], 0.0, closure.losses[1]
    return PlateShape(
        number=channels.count,
        width=float(channels.width),
        height=float(channels.height),
        length=float(channels.length),
        inlet_loss=losses[0],
        outlet_loss=losses[1],
        split=split,
        plenum_length=float(body.plenum.length),
        plenum_height=float(body.plenum.height or channels.height),
        slot=float(body.slot or 0.0),
        port_diameter=float(body.port.diameter),
        port_loss=float(body.port.loss_coefficient),
        laminar_loss=losses[2],
        friction=closure.friction if closure is not None else None,
        path=_path(channels, body),
    )


def _path(channels: Channels, body: PlateBody) -> float:
    """Length of straight channel with the friction of one of these, which a slot feeds over its width [m]."""
    length = float(channels.length)
    if channels.split != "centre" or body.slot is None:
        return length
    return slot_path(0.5 * length, float(channels.height), float(body.slot))


def planform_flow(
    channels: Channels, body: PlateBody, mass_flow: float, rho: float, mu: float, columns: Floats
) -> PlanformFlow:
    """Solve the flow over the plan of a plate of a rack file; see `plate_flow`."""
    return plate_flow(plate_shape(channels, body), mass_flow, rho, mu, columns)


def plate_flow(
    shape: PlateShape,
    mass_flow: float,
    rho: float,
    mu: float,
    columns: Floats,
    *,
    rows: int = ROWS,
    momentum: float | None = MOMENTUM,
) -> PlanformFlow:
    """Solve the depth-averaged flow from the inlet port through plenum, channels and plenum to the outlet port.

    In the plenums ∇·(ρ H U) = entering and β ρ ∇·(U U) − μ ∇²U + ∇p = −a U − (2 f ρ/Dh) U|U|, by components: laminar
    friction of the gap (12 μ/H² along y; along x, where the plenum is a duct with sides, 2 f·Re μ/Dh²), and turbulent
    friction at a constant f. Coolant enters and leaves evenly over the discs of the ports, which are in the middle
    across the flow; it enters without momentum in the plane and takes along what it has where it leaves. Channels are
    links between the last row of the one plenum and the first of the other, by
    `thermal.correlations.channels.channel_pressure_drop`; nothing flows across fins, and what passes them leaves its
    velocity across behind. A split plate is two halves alike, each with half the slot.

    Parameters
    ----------
    shape : PlateShape
        The plate.
    mass_flow : float
        Above zero [kg/s].
    rho, mu : float
        Density [kg/m3] and viscosity [Pa s].
    columns : (n + 1,) float64
        Faces of the fin zone's columns across the flow, rising; channels are spread over them evenly [m].
    rows : int
        Cells along y in each plenum.
    momentum : float or None
        β, of laminar flow over the plenum's height unless given; with None convection and in-plane viscosity are left
        out, which makes it Darcy–Forchheimer flow [-].

    Returns
    -------
    PlanformFlow
        Shares, velocities, pressure drop with its parts.

    Raises
    ------
    OperatingRangeError
        No flow, or flow from outlet to inlet.
    InputError
        Dimensions, properties or faces that are not above zero or not rising.
    ConvergenceError
        With its history, also where plenums are so low that no steady flow is found.

    Notes
    -----
    Range: laminar channels; steady flow in the plenums. The jet that a port sends onto the floor below it, and the
    momentum it has along the depth, are part of the port's loss and do not reach the shares.
    Source: Brinkman–Forchheimer flow after Nield & Bejan, Convection in Porous Media, with Hele-Shaw inertia, 6/5 of
    the plug's; friction after Shah & London (1978).

    Examples
    --------
    >>> shape = PlateShape(300, 75e-6, 3e-3, 40e-3, 0.5, 1.0, True, 6e-3, 3e-3, 3e-3, 6e-3, 8.0)
    >>> flow = plate_flow(shape, 0.0375, 1014.5, 1.37e-3, np.linspace(0.0, 45e-3, 91))
    >>> round(flow.pressure_drop), round(flow.parts["fins"] + flow.parts["mouths"])
    (24962, 16388)
    """
    columns = np.asarray(columns, np.float64)
    _check(shape, mass_flow, rho, mu, columns)
    halves = 2.0 if shape.split else 1.0
    law = ChannelLaw(
        shape.width, shape.height, shape.path or shape.length / halves, shape.inlet_loss + shape.outlet_loss, rho, mu,
        shape.laminar_loss, *(shape.friction or ()),
    )  # fmt: skip
    links, inlet, outlet = _links(shape, rho, mu, columns, rows)
    carried = None if momentum is None else _faces(shape, tuple(columns.tolist()), rows, momentum)
    solution = solve_plenums(links, law, mass_flow / halves, carried)
    through = solution.flow_y[:, rows - 1]
    velocity = through / (rho * links.channels * shape.width * shape.height)
    ports = 0.5 * shape.port_loss / rho * (mass_flow / (0.25 * np.pi * shape.port_diameter**2)) ** 2
    Dh = float(hydraulic_diameter(shape.width, shape.height))
    return PlanformFlow(
        share=through * halves / mass_flow,
        velocity=velocity,
        pressure_drop=ports + solution.drop,
        parts={"ports": ports, **_parts(links, law, solution, mass_flow / halves)},
        pressure=solution.pressure,
        reynolds=rho * float(np.abs(velocity).max()) * Dh / mu,
        plenum_head=_plenum_head(solution, inlet, outlet, rho),
        imbalance=solution.imbalance,
        history=solution.history,
    )


def _links(shape: PlateShape, rho: float, mu: float, columns: Floats, rows: int) -> tuple[PlenumLinks, Plenum, Plenum]:
    """Return the network of a plate, or of half a split one, and its two plenums."""
    depths = _depths(shape)
    inlet, outlet = (
        plenum(depth, side, shape.plenum_height, columns, rows, rho, mu)
        for depth, side in zip(depths, (shape.slot if shape.split else depths[0], depths[1]), strict=True)
    )
    dx = np.diff(columns)
    return joined(inlet, outlet, shape.number * dx / dx.sum(), _entering(shape, columns, rows)), inlet, outlet


def _depths(shape: PlateShape) -> tuple[float, float]:
    """Depths of the plenums along the flow; half the slot of a split plate."""
    return 0.5 * shape.slot if shape.split else shape.plenum_length, shape.plenum_length


def _entering(shape: PlateShape, columns: Floats, rows: int) -> Floats:
    """Share of the flow that enters each cell, less the share that leaves it."""
    depth, end = _depths(shape)
    port = float(0.5 * (columns[0] + columns[-1]))
    # the slot of a split plate is cut in its middle, where the port is
    into = port_shares(port, 0.0 if shape.split else 0.5 * depth, depth, shape.port_diameter, columns, rows)
    out = port_shares(port, 0.5 * end, end, shape.port_diameter, columns, rows)
    return np.hstack([into, -out])


@lru_cache(maxsize=CACHED)
def _faces(shape: PlateShape, columns: tuple[float, ...], rows: int, momentum: float) -> Momentum:
    """Faces through which momentum is carried; they are the plate's at any flow."""
    faces = np.array(columns)
    return momentum_faces(faces, _depths(shape), shape.plenum_height, _entering(shape, faces, rows), momentum)


def _parts(links: PlenumLinks, law: ChannelLaw, solution: PlenumSolution, flow: float) -> dict[str, float]:
    """Return the drop of plenums, mouths and fins: the work done in each over the flow; momentum counts as plenum."""
    through = solution.flow_y[:, links.linear_y.shape[1] // 2]
    velocity = through / (law.rho * links.channels * law.width * law.height)
    mouths = float((through * 0.5 * law.loss * law.rho * np.abs(velocity) * velocity).sum() / flow)
    channels = float((through * channel_drops(through, links.channels, *law)[0]).sum() / flow)
    return {"plenum": solution.drop - channels, "mouths": mouths, "fins": channels - mouths}


def _plenum_head(solution: PlenumSolution, inlet: Plenum, outlet: Plenum, rho: float) -> float:
    """Return the largest velocity head of the links in the plenums."""
    half = inlet.across[2].shape[1]
    fastest = 0.0
    for space, x, y in (
        (inlet, solution.flow_x[:, :half], solution.flow_y[:, : half - 1]),
        (outlet, solution.flow_x[:, half:], solution.flow_y[:, half:]),
    ):
        for flow, area in ((x, space.across[2]), (y, space.along[2])):
            fastest = max(fastest, np.abs(flow / area).max(initial=0.0) / rho)
    return float(0.5 * rho * fastest**2)


def _rising(shape: PlateShape) -> bool:
    """Whether the pressure drop of slow flow rises with it: a fitted loss may be below zero, within the friction."""
    if shape.laminar_loss >= 0.0:
        return bool(np.isfinite(shape.laminar_loss))
    developed = shape.friction[0] if shape.friction is not None else 0.0
    run = shape.path or shape.length / (2.0 if shape.split else 1.0)
    return shape.laminar_loss > -4.0 * developed * run / float(hydraulic_diameter(shape.width, shape.height))


def _check(shape: PlateShape, mass_flow: float, rho: float, mu: float, columns: Floats) -> None:
    """Raise what is wrong with the arguments of `plate_flow`."""
    found: list[tuple[str, float, str]] = []
    for name, value in {**shape._asdict(), "rho": rho, "mu": mu}.items():
        if name in {"split", "friction"} or value is None or (name == "slot" and not shape.split):
            continue
        if name == "laminar_loss":
            continue
        least = value >= 0.0 if name.endswith("loss") else value > 0.0
        if not (least and np.isfinite(value)):
            found.append((name, value, "give a finite number above zero"))
    if not found and not _rising(shape):
        found.append(("laminar_loss", shape.laminar_loss, "give one that leaves some of the channels' friction"))
    if columns.ndim != 1 or columns.size < 2 or not (np.diff(columns) > 0.0).all():
        found.append(("columns", float(columns.size), "give two or more faces that rise"))
    if found:
        raise InputError([Problem("plate_flow", 0, 0, name, f"{value:g}", right) for name, value, right in found])
    if not (mass_flow > 0.0 and np.isfinite(mass_flow)):
        what = "no coolant flows" if mass_flow == 0.0 else "the coolant does not run from inlet to outlet"
        message = (
            f"plate_flow: mass flow {mass_flow:g} kg/s: {what}; give the plate a flow above zero (swap its ports?)"
        )
        raise OperatingRangeError(message)
