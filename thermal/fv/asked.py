"""What a solved field is asked for: sides, directions, points and lines, refused where there are none such."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from thermal.fv.boundary import SIDES
from thermal.fv.grid import NAMES, Floats
from thermal.fv.refusal import known_faults, numbers, refuse, scalar, shown

__all__ = ["asked_axis", "asked_line", "asked_points", "require_side"]


def require_side(place: str, side: object) -> None:
    """Raise InputError where a side is none of the six."""
    refuse(place, known_faults("side", side, SIDES))


def asked_axis(place: str, axis: object) -> int:
    """Return the number of a direction: 0, 1, 2 for x, y, z; raises InputError for any other."""
    refuse(place, known_faults("axis", axis, NAMES))
    return NAMES.index(str(axis))


def asked_points(place: str, points: object) -> list[Floats]:
    """Return the coordinates x, y and z of points, of one shape; raises InputError where they are none."""
    wanted = "give three coordinates x, y and z, numbers or arrays of shapes that go together [m]"
    given = list(points) if isinstance(points, Sequence | np.ndarray) and not isinstance(points, str) else []
    rows = [row for row in map(numbers, given) if row is not None]
    if len(given) != 3 or len(rows) != 3:
        refuse(place, [("points", shown(points), wanted)])
    try:
        return list(np.broadcast_arrays(*rows))
    except ValueError:
        refuse(place, [("points", f"arrays of shapes {', '.join(str(row.shape) for row in rows)}", wanted)])
        raise


def asked_line(place: str, axis: object, at: object) -> tuple[int, dict[str, float]]:
    """Return the number of a line's direction and the coordinates given across it; raises InputError."""
    found = list(known_faults("axis", axis, NAMES))
    across = [name for name in NAMES if name != axis]
    example = f"such as {{{across[0]!r}: 0.5}}"
    if at is not None and not isinstance(at, Mapping):
        found.append(("at", shown(at), f"give coordinates across the line by name, {example}"))
    given = at if isinstance(at, Mapping) else {}
    for name, value in given.items():
        if name not in across:
            wrong = f"{shown(name)} is no direction across a line along {axis}"
            found.append(("at", wrong, f"give {' or '.join(across)}, {example}"))
        elif not np.isfinite(scalar(value)):
            found.append((f"at[{name!r}]", shown(value, "m"), "give one finite number [m]"))
    refuse(place, found)
    return NAMES.index(str(axis)), {str(name): scalar(value) for name, value in given.items()}
