"""Where a flow would not be laminar and steady: Reynolds numbers of passages, steps and jets against known limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.fv.flow_input import FlowInput
from thermal.fv.flow_jets import jets
from thermal.fv.flow_sections import Sections, moving_wall, sections
from thermal.fv.grid import Axes

if TYPE_CHECKING:
    from thermal.fv.flow_field import FlowField

__all__ = ["CAVITY", "CHANNEL", "EXPANSION", "JET", "fastest_passage", "turbulence_notes"]

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
LID = "on the fastest moving wall and the shortest side"


class Passage(NamedTuple):
    """A part of a section between walls."""

    reynolds: float
    where: str  # and how wide


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
    main = field.sections
    if not len(main.area):
        return {}
    notes = {}
    cuts = _cuts(field.input, field.velocity, main)
    channel = _worst([passage for cut in cuts for passage in _passages(cut, _ducts(cut, main))])
    cavity = Passage(main.lid, LID)
    if not main.open:
        cavity = Passage(main.largest, "on the fastest motion and the shortest side")
    doubts = {
        "channel": (channel, CHANNEL, "channel flow turns turbulent", "lower the flow, narrow the channels, or use"),
        "cavity": (cavity, CAVITY, "by a rule of thumb recirculating flow in a closed space becomes unsteady",
                   "lower the velocity or use"),
    }  # fmt: skip
    for name, (worst, limit, kind, remedy) in doubts.items():
        if worst is not None and worst.reynolds > limit:
            notes[name] = (
                f"Reynolds number {_said(worst.reynolds)} {worst.where}: above about {limit:.0f} {kind}, which a "
                f"laminar solution does not show: pressure drop and heat transfer come out too low; "
                f"{remedy} a correlation for turbulent flow"
            )
    step = _worst([passage for cut in cuts for passage in _passages(cut, _ducts(cut, main) & _opening(cut))])
    if step is not None and step.reynolds > EXPANSION:
        notes["expansion"] = (
            f"Reynolds number {_said(step.reynolds)} before the expansion {step.where}: behind steps flow "
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


def fastest_passage(given: FlowInput, velocity: Axes) -> str | None:
    """Return the largest Reynolds number of a passage between walls, or of a moving wall, and say what it stands on.

    Nothing where there is no such thing, as in a closed space in which forces drive the flow.
    """
    main = sections(given, velocity)
    found = [passage for cut in _cuts(given, velocity, main) for passage in _passages(cut, _ducts(cut, main))]
    worst = _worst([*found, Passage(moving_wall(given), LID)])
    return None if worst is None or not worst.reynolds > 0.0 else f"{_said(worst.reynolds)} {worst.where}"


def _cuts(given: FlowInput, velocity: Axes, main: Sections) -> list[Sections]:
    """Sections across every direction of a flow through the domain; passages may lie across the main one."""
    if not main.open:
        return []
    others = (axis for axis in range(3) if axis != main.axis and not given.flat[axis])
    return [main, *(sections(given, velocity, axis) for axis in others)]


def _ducts(cut: Sections, main: Sections) -> NDArray[np.bool_]:
    """Whether each part is a passage: more walls than openings around it; no openings if not across the main cut."""
    return cut.openings <= (cut.perimeter if cut is main else 0.0)


def _passages(cut: Sections, which: NDArray[np.bool_]) -> list[Passage]:
    """Return the fastest of some parts, if there is one."""
    parts = np.flatnonzero(which)
    if not parts.size:
        return []
    worst = int(parts[cut.reynolds[parts].argmax()])
    where = f"at {'xyz'[cut.axis]} = {cut.place[worst]:.4g} m on a hydraulic diameter of {cut.diameter[worst]:.3g} m"
    return [Passage(float(cut.reynolds[worst]), where)]


def _worst(passages: list[Passage]) -> Passage | None:
    return max(passages, key=lambda passage: passage.reynolds, default=None)


def _opening(cut: Sections) -> NDArray[np.bool_]:
    """Whether the flow of each part enters a neighbour much larger than all that flows in beside it as fast.

    Two streams round a bar are together as wide as what they flow into, but for the bar.
    """
    m, found = 2 - cut.axis, np.zeros(cut.area.shape, np.bool_)
    count = cut.part.shape[m]
    low, high = (np.take(cut.part, range(*ends), axis=m) for ends in ((0, count - 1), (1, count)))
    touching = (low >= 0) & (high >= 0)
    if not touching.any():
        return found
    a, b = np.unique(np.stack([low[touching], high[touching]]), axis=1)
    for narrow, wide, net in ((a, b, cut.net), (b, a, -cut.net)):
        forward = net[narrow] > 0.0
        narrow, wide = narrow[forward], wide[forward]
        flow, area = net[narrow], cut.area[narrow]
        beside = np.bincount(wide, area, cut.area.size)[wide]
        as_fast = np.bincount(wide, flow, cut.area.size)[wide] * area / flow
        found[narrow[cut.area[wide] > WIDER * np.minimum(beside, as_fast)]] = True
    return found


def _said(reynolds: float) -> str:
    """Return a Reynolds number as a whole number, where it has few digits."""
    return f"{reynolds:.0f}" if reynolds < MANY else f"{reynolds:.3g}"
