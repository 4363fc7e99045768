"""Flow through two plenum fields joined by channels, as a network of links solved by Newton's method."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.linalg.lapack import dgbsv

from thermal.coldplate.planform_kernels import (
    add_along_links,
    add_momentum,
    add_momentum_slopes,
    add_slopes,
    sum_around,
)
from thermal.coldplate.planform_momentum import NONE, Integers, Momentum
from thermal.correlations.channels import developing_pressure_drop
from thermal.correlations.ducts import aspect_ratio, entrance_constants
from thermal.errors import ConvergenceError

__all__ = ["ChannelLaw", "PlenumLinks", "PlenumSolution", "channel_drops", "loops_of", "solve_plenums"]

Floats = NDArray[np.float64]
SETTLED = 1.0e-10  # last Newton step over the flow; steps converge quadratically
CLOSED = 1.0e-14  # sum of the drops around a loop over the channels' drop, which rounding leaves
STEPS = 30
HALVINGS = 6
RAMPS = ((1.0,), (0.1, 0.3, 0.6, 1.0))  # shares of the momentum, each from what was found with the one before


class ChannelLaw(NamedTuple):
    """What the channels have in common."""

    width: float  # [m]
    height: float  # [m]
    run: float  # length that the coolant passes [m]
    loss: float  # of inlet and outlet together, on the channel's velocity head [-]
    rho: float  # [kg/m3]
    mu: float  # [Pa s]
    laminar_loss: float = 0.0  # times 1/Re, added to the loss [-]
    developed: float = 0.0  # this and the next two: constants of friction of one's own; 0: of a rectangular duct
    excess: float = 0.0
    constant: float = 0.0


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
    pressure: Floats  # (columns, rows) over the mean of where coolant leaves [Pa]
    drop: float  # from the mean over where coolant enters to the mean over where it leaves [Pa]
    imbalance: float  # largest of any cell, over the flow [-]
    history: tuple[float, ...]  # after each step, the largest sum of drops around a loop over the channels' drop [-]


@njit(cache=True)
def channel_drops(flow, channels, width, height, run, loss, rho, mu, slow=0.0, developed=0.0, excess=0.0, constant=0.0):  # type: ignore[no-untyped-def]
    """Return the drops of like channels side by side in each column, and their slopes against the column's flow."""
    drop, slope = np.empty_like(flow), np.empty_like(flow)
    if developed == 0.0:
        developed, excess, constant = entrance_constants(aspect_ratio(width, height))
    for i in range(flow.size):
        drop[i], rise = developing_pressure_drop(
            flow[i] / channels[i], 1, width, height, run, loss, slow, False, rho, mu, developed, excess, constant
        )
        slope[i] = rise / channels[i]
    return drop, slope


@lru_cache(maxsize=32)
def loops_of(columns: int, rows: int) -> Integers:
    """Loops on the two sides of each link, (links, 2): ṁ changes by ψ[first] − ψ[second], `NONE` counting as zero.

    Links across come first, (columns − 1, rows) of them, then those along, (columns, rows − 1). Loop (i, j) goes round
    the corner of cells (i, j) and (i + 1, j + 1); there are (columns − 1)(rows − 1).
    """
    loop = np.full((columns + 1, rows + 1), NONE)
    loop[1:-1, 1:-1] = np.arange((columns - 1) * (rows - 1)).reshape(columns - 1, rows - 1)
    across = np.stack([loop[1:-1, 1:], loop[1:-1, :-1]], axis=-1)
    along = np.stack([loop[:-1, 1:-1], loop[1:, 1:-1]], axis=-1)
    return np.concatenate([across.reshape(-1, 2), along.reshape(-1, 2)])


def solve_plenums(links: PlenumLinks, law: ChannelLaw, flow: float, momentum: Momentum | None = None) -> PlenumSolution:
    """Solve ∇·ṁ = sources with every link on its law, and the drops around every loop adding up to nothing.

    Flows are those of an even division plus the curl of a stream function ψ on the corners of the cells, so that mass
    is balanced whatever ψ is; ψ alone is solved for. Channel drops are counted from that of the even division: flows
    in wide plenums, which hang on differences of 1e-9 of it, keep their digits.

    Parameters
    ----------
    links : PlenumLinks
        The network.
    law : ChannelLaw
        Of the channels in the middle links.
    flow : float
        Through all [kg/s].
    momentum : Momentum, optional
        What the flow in the plenums carries with it; without it drops rise with flow everywhere, so that there is one
        solution, the minimum of a convex function.

    Returns
    -------
    PlenumSolution
        Flows, pressures and drop.

    Raises
    ------
    ConvergenceError
        With the history and the column that is worst.
    """
    network = _Network(links, law, flow)
    for ramp in RAMPS if momentum is not None else ((0.0,),):
        state = network.judged(_even(links, flow))
        for share in ramp:
            network.momentum = None if momentum is None else momentum._replace(factor=share * momentum.factor)
            state, history, done = network.solved(state.flow)
        if done:
            return network.solution(state, tuple(history))
    worst = int(np.abs(state.around).argmax()) // (links.entering.shape[1] - 1)
    what, place = "the flow in the plate's plenums", f"column {worst + 1} of {links.channels.size}"
    cause = (
        "no steady flow may exist where plenums are low and fast: give them more height (body.plenum.height) or less "
        "flow, and check the dimensions of plenum and channels, and the coolant's viscosity, for a wrong unit"
    )
    raise ConvergenceError(what, history, place, cause)


class _State(NamedTuple):
    """Flows, the drops of links (of channels: over the level) and their own slopes, the sums around loops [Pa]."""

    flow: Floats
    drop: Floats
    slope: Floats
    around: Floats
    wrong: float  # largest of these over the level [-]


class _Network:
    """Laws of all links in one row, links across first."""

    momentum: Momentum | None = None

    def __init__(self, links: PlenumLinks, law: ChannelLaw, flow: float) -> None:
        columns, rows = links.entering.shape
        self.links, self.law, self.total = links, law, flow
        self.linear = np.concatenate([links.linear_x.ravel(), links.linear_y.ravel()])
        self.quadratic = np.concatenate([links.quadratic_x.ravel(), links.quadratic_y.ravel()])
        self.loops = loops_of(columns, rows)
        self.unknowns = (columns - 1) * (rows - 1)
        self.middle = links.linear_x.size + np.arange(columns) * (rows - 1) + rows // 2 - 1
        share = flow * links.channels[:1] / links.channels.sum()
        self.level = float(channel_drops(share, links.channels[:1], *law)[0][0])

    def solved(self, flow: Floats) -> tuple[_State, list[float], bool]:
        """Return what Newton's method makes of flows, its history, and whether it has come to an end."""
        state, history, step = self.judged(flow), list[float](), 1.0
        while step > SETTLED and state.wrong > CLOSED and len(history) < STEPS:
            state, step = self.newton(state, first=not history)
            history.append(state.wrong)
        return state, history, step <= SETTLED or state.wrong <= CLOSED

    def judged(self, flow: Floats) -> _State:
        """Return what flows take in each link, and what is left around the loops."""
        size = np.abs(flow)
        drop, slope = (self.linear + self.quadratic * size) * flow, self.linear + 2.0 * self.quadratic * size
        channels, rise = channel_drops(flow[self.middle], self.links.channels, *self.law)
        drop[self.middle] += channels - self.level
        slope[self.middle] += rise
        if self.momentum is not None:
            add_momentum(flow, self.momentum, self.law.rho, self.law.mu, self.total, drop)
        around = np.empty(self.unknowns)
        sum_around(drop, self.loops, around)
        return _State(flow, drop, slope, around, float(np.abs(around).max(initial=0.0)) / self.level)

    def newton(self, state: _State, *, first: bool) -> tuple[_State, float]:
        """Return the state after one step, shortened until it is better, and the full step over the flow."""
        change = np.zeros(state.flow.size)
        add_along_links(self._stream(state), self.loops, change)
        size = 1.0
        for _ in range(HALVINGS):
            trial = self.judged(state.flow + size * change)
            # the first step leaves a division that no momentum balance made, and may well be further off
            if first or trial.wrong < state.wrong:
                break
            size *= 0.5
        return trial, float(np.abs(change).max()) / self.total

    def _stream(self, state: _State) -> Floats:
        """Change of the stream function that a linear network would need."""
        rows = self.links.entering.shape[1] - 1  # of loops
        # of second order, momentum reaches two links, hence three loops, to each side
        wide = rows if self.momentum is None else 3 * rows + 2
        band = np.zeros((3 * wide + 1, self.unknowns), order="F")
        add_slopes(state.slope, self.loops, wide, band)
        if self.momentum is not None:
            law = self.law
            add_momentum_slopes(state.flow, self.momentum, law.rho, law.mu, self.total, self.loops, wide, band)
        *_, stream, singular = dgbsv(wide, wide, band, -state.around, overwrite_ab=True, overwrite_b=True)
        # where that fails nothing moves, and the history shows it
        return np.zeros(self.unknowns) if singular else np.asarray(stream)

    def solution(self, state: _State, history: tuple[float, ...]) -> PlenumSolution:
        """Return flows and pressures by column and row."""
        columns, rows = self.links.entering.shape
        cut = self.links.linear_x.size
        flow_x, flow_y = state.flow[:cut].reshape(columns - 1, rows), state.flow[cut:].reshape(columns, rows - 1)
        drop_x, drop_y = state.drop[:cut].reshape(columns - 1, rows), state.drop[cut:].reshape(columns, rows - 1).copy()
        drop_y[:, rows // 2 - 1] += self.level
        pressure = np.zeros((columns, rows))
        pressure[1:] -= np.cumsum(drop_x[:, :1], axis=0)
        pressure[:, 1:] -= np.cumsum(drop_y, axis=1)
        leaving = np.maximum(-self.links.entering, 0.0)
        missing = self.total * self.links.entering - _leaving(flow_x, flow_y)
        return PlenumSolution(
            flow_x=flow_x,
            flow_y=flow_y,
            pressure=pressure - float((leaving * pressure).sum() / leaving.sum()),
            drop=self.level + float((state.flow * state.drop).sum()) / self.total,
            imbalance=float(np.abs(missing).max() / self.total),
            history=history,
        )


def _even(links: PlenumLinks, flow: float) -> Floats:
    """Flows that divide evenly over the channels and over the rows of each plenum."""
    columns, rows = links.entering.shape
    half = rows // 2
    through, sources = flow * links.channels / links.channels.sum(), flow * links.entering
    flow_x = np.empty((columns - 1, rows))
    for plenum, taken in ((slice(0, half), -through), (slice(half, rows), through)):
        flow_x[:, plenum] = np.cumsum(sources[:, plenum].sum(axis=1) + taken)[:-1, None] / half
    flow_y = np.cumsum(sources - _leaving(flow_x, np.zeros((columns, rows - 1))), axis=1)[:, :-1]
    return np.concatenate([flow_x.ravel(), flow_y.ravel()])


def _leaving(flow_x: Floats, flow_y: Floats) -> Floats:
    """Return what leaves each cell through its links."""
    out = np.zeros((flow_y.shape[0], flow_x.shape[1]))
    out[:-1] += flow_x
    out[1:] -= flow_x
    out[:, :-1] += flow_y
    out[:, 1:] -= flow_y
    return out
