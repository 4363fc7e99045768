"""What the reader of a solved flow has to know: noted in its field, and warned of."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np

from thermal.errors import RangeWarning
from thermal.fv.boundary import SIDES, Side
from thermal.fv.flow_accounts import flow_scale, side_flow
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_input import OUTLET
from thermal.fv.flow_turbulence import turbulence_notes

__all__ = ["noted", "outlet_notes", "returned"]

RETURNED = 1.0e-6  # of the flow: what outlets may take in unsaid


def noted(field: FlowField, *, depth: int, told: set[str] | None = None) -> FlowField:
    """Return a field with its notes, and warn of them.

    Parameters
    ----------
    field : FlowField
        As solved.
    depth : int
        Calls from here up to the line that the warning shall name.
    told : set of str, optional
        Kinds of notes that were warned of before and are not again; takes the new ones.

    Warns
    -----
    RangeWarning
        For each note of a new kind.
    """
    notes = {**turbulence_notes(field), **outlet_notes(field)}
    before = set() if told is None else told
    for kind, note in notes.items():
        if kind not in before:
            warnings.warn(note, RangeWarning, stacklevel=depth + 1)
    before.update(notes)
    return replace(field, notes=tuple(notes.values()))


def returned(field: FlowField) -> dict[Side, float]:
    """Mass flow that comes in through the outlets of each side, over all that comes in anywhere [-]."""
    found = {}
    for side in SIDES:
        flow = side_flow(field.input, field.velocity, side)
        inward = float(np.where(field.input.sides[side].kind == OUTLET, np.maximum(flow, 0.0), 0.0).sum())
        if inward > 0.0:
            found[side] = inward / flow_scale(field.input, field.velocity)
    return found


def outlet_notes(field: FlowField) -> dict[str, str]:
    """Say, under ``outlet``, where outlets take fluid in; nothing where all of them let it out.

    Parameters
    ----------
    field : FlowField
        The solved flow.
    """
    shares = returned(field)
    if not sum(shares.values()) > RETURNED:
        return {}
    where = " and ".join(f"{_percent(share)} of the flow comes in through the outlet at {side}"
                         for side, share in shares.items() if share > 0.1 * RETURNED)  # fmt: skip
    return {
        "outlet": f"{where}: it comes as if from rest, at the temperature given for that side, so what "
        f"lies close to that outlet is uncertain; farther down, where all of it lets fluid out, it would not be"
    }


def _percent(share: float) -> str:
    """Return a share in per cent, in two digits or, of nearly all, three."""
    return f"{100.0 * share:.2g} %" if share < 0.995 else "100 %"
