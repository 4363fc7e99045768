"""Where a resolved plate fails or leaves its range, in words, and what to ask for instead."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from thermal.errors import ConvergenceError, OperatingRangeError
from thermal.simulation.plate_conditions import CELSIUS, L_MIN, Conditions, Place, laminar_end
from thermal.simulation.plate_range import LAMINAR, ROUNDING

__all__ = ["laminar_shown", "located", "place_words", "require_laminar"]

Progress = Callable[[int, int], None]
STEADY = "here ask for less --flow, a more viscous coolant with --fluid or a finer --resolution"


def place_words(name: str, place: Place) -> str:
    """Plate, coolant, inlet temperature and flow in words."""
    inlet, flow = place.inlet - CELSIUS, place.flow / L_MIN
    return f"{name}, {place.coolant.name} from {inlet:.4g} °C at {flow:.4g} L/min"


def laminar_shown(end: float) -> str:
    """Return the flow [m3/s] up to which channels are laminar, rounded down, with its unit."""
    flow = end / L_MIN
    step = 10.0 ** (math.floor(math.log10(flow)) - 2)
    return f"{math.floor(flow / step) * step:.3g} L/min"


def require_laminar(name: str, at: Conditions, places: Sequence[Place]) -> None:
    """Refuse flows of one coolant and inlet temperature at which the channels are not laminar, all at once.

    Raises
    ------
    OperatingRangeError
        With the flows, and the largest that is laminar.
    """
    end = laminar_end(at, places[0].table, places[0].inlet)
    beyond = [place.flow for place in places if place.flow > end * (1.0 + ROUNDING)]
    if beyond:
        listed = ", ".join(f"{flow / L_MIN:.4g}" for flow in beyond)
        coolant = f"{places[0].coolant.name} from {places[0].inlet - CELSIUS:.4g} °C"
        msg = (
            f"{name}: flows of {listed} L/min of {coolant} are beyond Re {LAMINAR:g}, where its channels turn "
            f"turbulent, and closures are laminar; the largest that is laminar is {laminar_shown(end)}"
        )
        raise OperatingRangeError(msg)


@contextmanager
def located(
    name: str, at: Conditions, places: Sequence[Place], progress: Progress | None
) -> Iterator[Callable[[int], None]]:
    """Put plate, coolant and flow in front of what goes wrong at an operating point.

    Parameters
    ----------
    name : str
        Of the plate.
    at : Conditions
        Its heat and channels.
    places : sequence of Place
        The operating points, in their order.
    progress : callable, optional
        Called with points done and in all.

    Yields
    ------
    callable
        To be called with the number of each point before it is solved, and with that of all at the end.
    """
    current = 0

    def tell(number: int) -> None:
        nonlocal current
        current = min(number, len(places) - 1)
        if progress is not None:
            progress(number, len(places))

    try:
        yield tell
    except OperatingRangeError as error:
        message = f"{_words(name, at, places[current])}: {str(error).removeprefix(f'{name}: ')}"
        raise OperatingRangeError(message) from error
    except ConvergenceError as error:
        what = f"{_words(name, at, places[current])}: {error.what}"
        raise ConvergenceError(what, error.history, error.place, _remedy(error, at, places[current])) from error


def _words(name: str, at: Conditions, place: Place) -> str:
    """Return `place_words`, with the Reynolds number where the channels are not laminar."""
    share = place.flow / laminar_end(at, place.table, place.inlet)
    beyond = (
        f" (Re about {round(LAMINAR * share, -1):.0f}, beyond the laminar limit {LAMINAR:g})" if share > 1.0 else ""
    )
    return f"{place_words(name, place)}{beyond}"


def _remedy(error: ConvergenceError, at: Conditions, place: Place) -> str:
    """Return the cause of a failure with what can be asked for instead."""
    end = laminar_end(at, place.table, place.inlet)
    if place.flow > end:
        return f"channels turn turbulent there, and the field is laminar; ask for at most {laminar_shown(end)}"
    return f"{error.cause}; {STEADY}" if error.what == "steady flow" else error.cause
