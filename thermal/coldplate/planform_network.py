"""Flow through two plenum fields joined by channels, as a network of links solved by Newton's method."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.linalg import cho_solve_banded, cholesky_banded

from thermal.correlations.channels import channel_pressure_drop
from thermal.errors import ConvergenceError

__all__ = ["ChannelLaw", "PlenumLinks", "PlenumSolution", "channel_drops", "solve_plenums"]

Floats = NDArray[np.float64]
TOLERANCE = 1.0e-12  # of the flow (mass balance) and of the pressure drop (laws)
STEPS = 60
HALVINGS = 8


class ChannelLaw(NamedTuple):
    """What the channels have in common."""

    width: float  # [m]
    height: float  # [m]
    run: float  # length that the coolant passes [m]
    loss: float  # of inlet and outlet together, on the channel's velocity head [-]
    rho: float  # [kg/m3]
    mu: float  # [Pa s]


class PlenumLinks(NamedTuple):
    """Links between cells: rows 0 … rows/2 − 1 of a column lie in the inlet plenum, the rest in the outlet plenum.

    Every link but the middle one of a column drops a·ṁ + b·ṁ|ṁ|; the middle one has the column's channels besides.
    """

    linear_x: Floats  # (columns − 1, rows) [Pa s/kg]
    quadratic_x: Floats  # (columns − 1, rows) [Pa s2/kg2]
    linear_y: Floats  # (columns, rows − 1)
    quadratic_y: Floats  # (columns, rows − 1)
    channels: Floats  # (columns,) number, any positive number [-]
    entering: Floats  # (columns, rows) share of the flow that enters a cell less the share that leaves it [-]


class PlenumSolution(NamedTuple):
    """A converged network."""

    flow_x: Floats  # (columns − 1, rows) [kg/s]
    flow_y: Floats  # (columns, rows − 1); the middle ones are those of the columns' channels [kg/s]
    drop: float  # from the mean over where coolant enters to the mean over where it leaves [Pa]
    imbalance: float  # largest of any cell, over the flow [-]
    history: tuple[float, ...]  # residual after each step [-]


@njit(cache=True)
def channel_drops(flow, channels, width, height, run, loss, rho, mu):  # type: ignore[no-untyped-def]
    """Return the drops of like channels side by side in each column, and their slopes against the column's flow."""
    drop, slope = np.empty_like(flow), np.empty_like(flow)
    for i in range(flow.size):
        drop[i], rise = channel_pressure_drop(flow[i] / channels[i], 1, width, height, run, loss, False, rho, mu)
        slope[i] = rise / channels[i]
    return drop, slope


def solve_plenums(links: PlenumLinks, law: ChannelLaw, flow: float) -> PlenumSolution:
    """Solve ∇·ṁ = sources with every link on its law.

    Unknowns are the flow of every link and the pressure of every cell; Newton's linear system in the pressures has the
    slopes' inverses as conductances. Drops rise with flow everywhere, so there is one solution, the minimum of a
    convex function. Pressures are kept as small differences from the mean drop P of the channels: flows in wide
    plenums, which hang on differences of 1e-9 P, keep their digits.

    Parameters
    ----------
    links : PlenumLinks
        The network.
    law : ChannelLaw
        Of the channels in the middle links.
    flow : float
        Through all [kg/s].

    Returns
    -------
    PlenumSolution
        Flows and drop.

    Raises
    ------
    ConvergenceError
        With the history and the column that is worst.
    """
    state, level = _start(links, law, flow)
    history: list[float] = []
    while state.wrong > TOLERANCE and len(history) < STEPS:
        state = _newton(links, law, flow, level, state, first=not history)
        history.append(state.wrong)
    if state.wrong > TOLERANCE:
        worst = int(np.abs(state.off_y).max(axis=1).argmax())
        what, place = "the flow in the plate's plenums", f"column {worst + 1} of {links.channels.size}"
        cause = "check the dimensions of plenum and channels, and the coolant's viscosity, for a wrong unit"
        raise ConvergenceError(what, history, place, cause)
    return PlenumSolution(
        flow_x=state.flow_x,
        flow_y=state.flow_y,
        drop=level + float((links.entering * state.pressure).sum()),
        imbalance=float(np.abs(state.missing).max() / flow),
        history=tuple(history),
    )


class _State(NamedTuple):
    """Flows and pressures, slopes of the laws, what is off the laws [Pa] and missing in cells [kg/s], worst of both."""

    flow_x: Floats
    flow_y: Floats
    pressure: Floats
    slope_x: Floats
    slope_y: Floats
    off_x: Floats
    off_y: Floats
    missing: Floats
    wrong: float


def _start(links: PlenumLinks, law: ChannelLaw, flow: float) -> tuple[_State, float]:
    """Return even flow through the channels with the plenums at rest, and the channels' drop then."""
    flow_x, flow_y = np.zeros(links.linear_x.shape), np.zeros(links.linear_y.shape)
    middle = links.linear_y.shape[1] // 2
    flow_y[:, middle] = flow * links.channels / links.channels.sum()
    level = float(channel_drops(flow_y[:1, middle], links.channels[:1], *law)[0][0])
    return _judged(links, law, flow, level, flow_x, flow_y, np.zeros(links.entering.shape)), level


def _judged(
    links: PlenumLinks, law: ChannelLaw, flow: float, level: float, flow_x: Floats, flow_y: Floats, pressure: Floats
) -> _State:
    """Return what is wrong with flows and pressures, and the slopes there."""
    middle = flow_y.shape[1] // 2
    drop_x, slope_x = _plenum_law(links.linear_x, links.quadratic_x, flow_x)
    drop_y, slope_y = _plenum_law(links.linear_y, links.quadratic_y, flow_y)
    drop, slope = channel_drops(flow_y[:, middle], links.channels, *law)
    drop_y[:, middle] += drop - level
    slope_y[:, middle] += slope
    off_x = pressure[:-1] - pressure[1:] - drop_x
    off_y = pressure[:, :-1] - pressure[:, 1:] - drop_y
    missing = flow * links.entering - _leaving(flow_x, flow_y)
    off = max(np.abs(off_y).max(), np.abs(off_x).max(initial=0.0)) / (level + float(np.ptp(pressure)))
    wrong = float(max(np.abs(missing).max() / flow, off))
    return _State(flow_x, flow_y, pressure, slope_x, slope_y, off_x, off_y, missing, wrong)


def _newton(links: PlenumLinks, law: ChannelLaw, flow: float, level: float, state: _State, *, first: bool) -> _State:
    """Return the state after one step, shortened until it is better."""
    push_x, push_y = state.off_x / state.slope_x, state.off_y / state.slope_y
    factor = _factorised(1.0 / state.slope_x, 1.0 / state.slope_y)
    change = _solved(factor, state.missing - _leaving(push_x, push_y))
    step_x = push_x + (change[:-1] - change[1:]) / state.slope_x
    step_y = push_y + (change[:, :-1] - change[:, 1:]) / state.slope_y
    size = 1.0
    for _ in range(HALVINGS):
        moved = state.flow_x + size * step_x, state.flow_y + size * step_y, state.pressure + size * change
        trial = _judged(links, law, flow, level, *moved)
        # the first step brings the plenums from rest to flow, where their laws may well be further off than before
        if first or trial.wrong < state.wrong:
            break
        size *= 0.5
    return trial


def _plenum_law(linear: Floats, quadratic: Floats, flow: Floats) -> tuple[Floats, Floats]:
    """Return drops and slopes of links in a plenum."""
    size = np.abs(flow)
    return (linear + quadratic * size) * flow, linear + 2.0 * quadratic * size


def _leaving(flow_x: Floats, flow_y: Floats) -> Floats:
    """Return what leaves each cell through its links."""
    out = np.zeros((flow_y.shape[0], flow_x.shape[1]))
    out[:-1] += flow_x
    out[1:] -= flow_x
    out[:, :-1] += flow_y
    out[:, 1:] -= flow_y
    return out


def _factorised(gx: Floats, gy: Floats) -> Floats:
    """Return the banded Cholesky factor of Σ g (p − p_nb), one cell held so that the level is set."""
    columns, rows = gy.shape[0], gx.shape[1]
    band = np.zeros((rows + 1, columns, rows))
    band[0] = _diagonal(gx, gy)
    band[0, -1, -1] *= 2.0
    band[1, :, :-1] = -gy
    band[rows, :-1] = -gx
    factor: Floats = cholesky_banded(band.reshape(rows + 1, -1), lower=True, overwrite_ab=True)
    return factor


def _diagonal(gx: Floats, gy: Floats) -> Floats:
    out = np.zeros((gy.shape[0], gx.shape[1]))
    out[:-1] += gx
    out[1:] += gx
    out[:, :-1] += gy
    out[:, 1:] += gy
    return out


def _solved(factor: Floats, source: Floats) -> Floats:
    answer: Floats = cho_solve_banded((factor, True), source.ravel())
    return answer.reshape(source.shape)
