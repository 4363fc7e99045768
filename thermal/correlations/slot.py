"""Path of coolant that enters channels through a slot over their middle, which lets it in over a width."""

from __future__ import annotations

import math

__all__ = ["slot_path"]


def slot_path(run: float, height: float, slot: float) -> float:
    """Length of straight channel that resists like one half of a channel fed through a slot.

    Between two fins friction is in proportion to the velocity in each place (Hele-Shaw), so pressure is a potential in
    the plane of the fins. ζ = cosh(π (y + iz)/H) maps the half channel, 0 < z < H and y > 0, to the upper half plane,
    its walls and the plane of symmetry to the real axis, and the slot at z = H, y < a, to a piece of it of the length
    cosh(πa/H) − 1. Far away, flow out of that piece has the pressure of a straight channel that begins at
    y = (2H/π) ln sinh(πa/2H).

    Parameters
    ----------
    run : float
        From the middle of the slot to the channel's end [m].
    height : float
        H of the channel [m].
    slot : float
        Width 2a along the channel [m].

    Returns
    -------
    float
        [m].

    Notes
    -----
    Range: laminar, one pressure over the slot; channels that are longer than a + H. Wide slots shorten the path by
    a − 0.44 H, narrow ones lengthen it.
    Source: conformal map and potential of a strip, as derived above; against resolved sectors in
    docs/theory/cold_plate.md.

    Examples
    --------
    >>> [round(1e3 * slot_path(15.5e-3, 1.2e-3, slot), 2) for slot in (3e-3, 0.3e-3)]
    [14.54, 16.73]
    """
    x = 0.25 * math.pi * slot / height
    log_sinh = x + math.log(-math.expm1(-2.0 * x)) - math.log(2.0)
    return run - 2.0 * height / math.pi * log_sinh
