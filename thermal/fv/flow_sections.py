"""Sections of a flow across its main direction: hydraulic diameters, Reynolds numbers, and where it is not laminar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thermal.fv.boundary import SIDES
from thermal.fv.flow_accounts import flow_at, total_inflow
from thermal.fv.flow_input import PERIODIC, SYMMETRY, WALL, FlowInput, pairs
from thermal.fv.flow_jets import jets
from thermal.fv.grid import Axes, Floats
from thermal.fv.layout import along, at

if TYPE_CHECKING:
    from thermal.fv.flow_field import FlowField

__all__ = ["CAVITY", "CHANNEL", "EXPANSION", "JET", "Sections", "sections", "turbulence_notes"]

# Reynolds numbers above which a flow is doubted; on the mean velocity and 4A/P where nothing else is said.
CHANNEL = 2000.0  # where pipes and ducts begin to be turbulent (Shah & London 1978: 2000 to 2300)
# The flow behind a step stays plane in the middle of a wide duct up to about 400, on the bulk velocity and hydraulic
# diameter before it, for expansions of 1.94 to 3 (Biswas, Breuer & Durst, J. Fluids Eng. 126 (2004) 362, who looked
# through experiments such as Armaly et al., J. Fluid Mech. 127 (1983) 473).
EXPANSION = 400.0
# A rule of thumb. Between walls laminar slot jets may flap below it, of 340 and 480 on the slot's width, so 680 and 960
# on 4A/P, eight widths before a plate (Barata, Navalho & Pereira, Fluids 8 (2023) 15).
JET = 1000.0
# A rule of thumb for cubes, on the fastest motion and the shortest side. In a plane square cavity, whose third side is
# left out, the flow is steady up to 7307 (Garcia, Adv. Appl. Math. Mech. 1 (2009) 546).
CAVITY = 1900.0
WIDER = 1.5  # times the area before, from which a change of section is an expansion
MANY = 1.0e7  # from which the digits of a number are not counted out
EVEN = 1.0e-9  # share of the flow below which nothing flows through


@dataclass(frozen=True, eq=False)
class Sections:
    """Connected parts of the sections across the main direction, from the low end to the high end.

    Attributes
    ----------
    axis : int
        Main direction (0, 1, 2 for x, y, z).
    open : bool
        Whether fluid flows through the domain.
    place : (parts,) float64
        Position of the section along the main direction [m].
    part : (nz, ny, nx) int
        Number of the part of each cell, from 0; -1 in solids and resistances.
    area, perimeter : (parts,) float64
        Area [m2], and length of the walls around it [m].
    flow : (parts,) float64
        Mass flow, net where the domain is open, else one way [kg/s].
    reynolds : (parts,) float64
        On the hydraulic diameter, zero where there are no walls; in a closed domain on the fastest motion, of fluid or
        wall, and the shortest side [-].
    lid : float
        In an open domain, that of the fastest moving wall on the shortest side, as what flows through says nothing of
        what walls drive round; else zero [-].
    """

    axis: int
    open: bool
    place: Floats
    part: NDArray[np.intp]
    area: Floats
    perimeter: Floats
    flow: Floats
    reynolds: Floats
    lid: float = 0.0

    @property
    def largest(self) -> float:
        """Largest Reynolds number, of parts and moving walls [-]."""
        return float(self.reynolds.max(initial=self.lid))

    @property
    def diameter(self) -> Floats:
        """Hydraulic diameter of each part; infinite without walls [m]."""
        walls = np.where(self.perimeter > 0.0, self.perimeter, 1.0)
        return np.where(self.perimeter > 0.0, 4.0 * self.area / walls, np.inf)


def sections(given: FlowInput, velocity: Axes) -> Sections:
    """Cut a flow across its main direction.

    Parameters
    ----------
    given : FlowInput
        The problem.
    velocity : Axes
        On the faces [m/s].
    """
    from scipy.ndimage import label

    axis = _main_direction(given, velocity)
    free = given.fluid & ~_resisted(given)
    joined = np.zeros((3, 3, 3), np.int8)
    for n in range(3):
        if n != 2 - axis:
            joined[tuple(slice(None) if k == n else 1 for k in range(3))] = 1
    numbers, count = label(free, joined)
    number = np.asarray(numbers, np.intp) - 1
    here = number[free]
    area = np.broadcast_to(np.expand_dims(given.grid.areas(axis), 2 - axis), free.shape)
    centres = along(given.grid.centres[axis], axis)

    def summed(values: Floats) -> Floats:
        return np.asarray(np.bincount(here, np.broadcast_to(values, free.shape)[free], count), np.float64)

    total = summed(area)
    perimeter = summed(_walls(given, axis))
    through = flow_at(given, velocity, axis)
    m = 2 - axis
    flow = 0.5 * (np.take(through, range(free.shape[m]), m) + np.take(through, range(1, free.shape[m] + 1), m))
    net = np.abs(summed(flow))
    is_open = total_inflow(given, velocity) > EVEN * float(np.abs(flow).max(initial=0.0))
    carried = net if is_open else 0.5 * (summed(np.abs(flow)) + net)
    viscosity = summed(given.viscosity * area) / total if count else total
    walled = perimeter > 0.0
    reynolds = np.divide(4.0 * carried, perimeter * viscosity, out=np.zeros(count), where=walled)
    lid = 0.0
    if is_open and count:
        lid = given.density * _fastest_wall(given) * _side(given) / float(viscosity.min())
    elif count:
        reynolds = given.density * _fastest(given, velocity) * _side(given) / viscosity
    place = summed(centres * area) / total if count else total
    return Sections(axis, is_open, place, number, total, perimeter, carried, reynolds, lid)


def turbulence_notes(field: FlowField) -> dict[str, str]:
    """Say where a flow would not be laminar and steady, why, and what to do; nothing where it would be.

    Parameters
    ----------
    field : FlowField
        The solved flow.

    Returns
    -------
    dict of str to str
        A sentence each for what is doubted: ``channel`` or ``cavity``, ``expansion``, ``jet``.
    """
    cut = field.sections
    if not len(cut.area):
        return {}
    notes = {}
    worst = int(cut.reynolds.argmax())
    doubts = {
        "channel": (cut.reynolds[worst] if cut.open else 0.0, CHANNEL, _where(cut, worst),
                    "channel flow turns turbulent", "lower the flow, narrow the channels, or use"),
        "cavity": (cut.lid if cut.open else cut.reynolds[worst], CAVITY,
                   f"on the fastest {'moving wall' if cut.open else 'motion'} and the shortest side",
                   "by a rule of thumb recirculating flow in a closed space becomes unsteady",
                   "lower the velocity or use"),
    }  # fmt: skip
    for name, (reynolds, limit, where, kind, remedy) in doubts.items():
        if reynolds > limit:
            notes[name] = (
                f"Reynolds number {_said(reynolds)} {where}: above about {limit:.0f} {kind}, which a "
                f"laminar solution does not show: pressure drop and heat transfer come out too low; "
                f"{remedy} a correlation for turbulent flow"
            )
    step = _worst_expansion(cut) if cut.open else None
    if step is not None and cut.reynolds[step] > EXPANSION:
        notes["expansion"] = (
            f"Reynolds number {_said(cut.reynolds[step])} before the expansion {_where(cut, step)}: behind steps flow "
            f"is no longer plane above about {EXPANSION:.0f} (Biswas et al. 2004), and later unsteady; the steady "
            f"solution is a mean at best there: lower the flow, widen the opening, or trust only what lies well behind"
        )
    worst_jet = max(jets(field.input, field.velocity, WIDER), key=lambda jet: jet.reynolds, default=None)
    if worst_jet is not None and worst_jet.reynolds > JET:
        notes["jet"] = (
            f"Reynolds number {_said(worst_jet.reynolds)} of the jet from {worst_jet.side}, on a hydraulic diameter of "
            f"{worst_jet.diameter:.3g} m: above about {JET:.0f}, by a rule of thumb, jets are unsteady and then "
            f"turbulent; heat transfer where it impinges comes out wrong: lower the flow, or use more or wider jets"
        )
    return notes


def _said(reynolds: float) -> str:
    """Return a Reynolds number as a whole number, where it has few digits."""
    return f"{reynolds:.0f}" if reynolds < MANY else f"{reynolds:.3g}"


def _where(cut: Sections, part: int) -> str:
    """Say where a part is, and how wide."""
    return f"at {'xyz'[cut.axis]} = {cut.place[part]:.4g} m on a hydraulic diameter of {cut.diameter[part]:.3g} m"


def _worst_expansion(cut: Sections) -> int | None:
    """Return the part with the largest Reynolds number that opens into one or both neighbours much larger than it."""
    m = 2 - cut.axis
    count = cut.part.shape[m]
    low, high = (np.take(cut.part, range(*ends), axis=m) for ends in ((0, count - 1), (1, count)))
    touching = (low >= 0) & (high >= 0)
    pairs_ = np.stack([low[touching], high[touching]])
    if not pairs_.size:
        return None
    a, b = np.unique(pairs_, axis=1)
    narrow = np.where(cut.area[a] < cut.area[b], a, b)
    wide = np.where(cut.area[a] < cut.area[b], b, a)
    steps = narrow[(cut.area[wide] > WIDER * cut.area[narrow]) & (cut.flow[narrow] > 0.0)]
    return int(steps[cut.reynolds[steps].argmax()]) if steps.size else None


def _main_direction(given: FlowInput, velocity: Axes) -> int:
    """Return the direction in which most fluid moves (0, 1, 2)."""
    moved = []
    for axis in range(3):
        m = 2 - axis
        count = given.grid.shape[m]
        speed = np.abs(velocity[axis])
        in_cells = 0.5 * (np.take(speed, range(count), m) + np.take(speed, range(1, count + 1), m))
        moved.append(float((in_cells * given.grid.volumes).sum()))
    return int(np.argmax(moved))


def _fastest(given: FlowInput, velocity: Axes) -> float:
    """Largest velocity along any axis, of fluid or wall [m/s]."""
    return max(*(float(np.abs(part).max()) for part in velocity), _fastest_wall(given))


def _fastest_wall(given: FlowInput) -> float:
    """Largest velocity along any axis of the walls [m/s]."""
    return max(
        float(np.abs(condition.velocity[:, condition.kind == WALL]).max(initial=0.0))
        for condition in given.sides.values()
    )


def _side(given: FlowInput) -> float:
    """Shortest side of the grid, directions in which nothing changes left out [m]."""
    sides = [float(np.ptp(row)) for row, flat in zip(given.grid.faces, given.flat, strict=True) if not flat]
    return min(sides, default=0.0)


def _resisted(given: FlowInput) -> NDArray[np.bool_]:
    """Return the cells with a resistance in any direction."""
    found = np.zeros(given.grid.shape, np.bool_)
    for parts in (given.linear, given.quadratic):
        for part in parts or ():
            found |= part > 0.0
    return found


def _walls(given: FlowInput, main: int) -> Floats:
    """Length of the walls along the edges of each cell in its section [m]."""
    length = np.zeros(given.grid.shape)
    for axis, sides in enumerate(pairs()):
        if axis == main:
            continue
        m = 2 - axis
        edge = next(n for n in range(3) if n not in (main, axis))
        width = along(given.grid.widths[edge], edge)
        for side, step in zip(sides, (1, -1), strict=True):
            beyond = np.roll(given.fluid, step, axis=m)  # of the last cell, the first one: right where periodic
            _, end = SIDES[side]
            outer = at(axis, slice(0, 1) if end == 0 else slice(-1, None))
            kind = np.expand_dims(given.sides[side].kind, m)
            open_there = np.where(kind == PERIODIC, beyond[outer], kind != WALL)
            beyond[outer] = open_there | (kind == SYMMETRY)
            length += np.where(beyond, 0.0, width)
    return length
