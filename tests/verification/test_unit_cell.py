"""The cell between two fins against exact conjugate solutions, and the smeared model that is calibrated on it."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csc_array
from scipy.sparse.linalg import spsolve

from thermal.coldplate.closure import film_along, root_resistance, unit_cell
from thermal.coldplate.exact_cell import CellSection, CellSolution, _on_grid, solve_cell
from thermal.correlations.ducts import fully_developed_friction
from thermal.correlations.nusselt import developed_nusselt_H1

DATA = Path(__file__).parents[1] / "data"
NAMES = ("S1", "S2", "S3")


def table(name: str, key: str) -> dict[str, dict[str, str]]:
    lines = [line for line in (DATA / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {row[key][:2]: row for row in csv.DictReader(lines)}


DEVELOPED = table("conjugate_fully_developed.csv", "name")
ALONG = table("conjugate_3d.csv", "run")


class Case(NamedTuple):
    """A cell of the tables, turned so that heat enters from below."""

    width: float
    height: float
    wall: float
    solid: float
    fluid: float
    base: float
    cover: float

    @property
    def section(self) -> CellSection:
        return CellSection(self.width, self.height, self.wall, self.solid, self.fluid, self.cover, self.solid)

    @property
    def film(self) -> float:
        return unit_cell(self.width, self.height, self.wall, self.solid, self.fluid, cover=self.cover).film


def case(name: str) -> Case:
    row = {key: float(value) for key, value in DEVELOPED[name].items() if key not in {"name", "heated_face"}}
    base, cover = row["t_base_m"], row["t_cover_m"]
    if DEVELOPED[name]["heated_face"] == "top":
        base, cover = cover, base
    return Case(row["wc_m"], row["hc_m"], row["ww_m"], row["k_solid"], row["k_fluid"], base, cover)


def cell_errors(name: str, fluid: float = 1.0) -> dict[str, float]:
    """Relative errors of the cell (of shares, differences), its coolant's conductivity multiplied by `fluid`."""
    given = case(name)
    cell = solve_cell(given.section._replace(fluid_conductivity=fluid * given.fluid))
    row = DEVELOPED[name]
    turned = row["heated_face"] == "top"
    expected = {
        "root": float(row["R_heated"]) - given.base / given.solid,
        "wetted": 2.0 * given.width * given.height / (given.width + given.height) / given.fluid
        / float(row["Nu_wetted"]) / wetted_per_base(given),
        "side_share": float(row["frac_side"]),
        "floor_share": float(row["frac_cover" if turned else "frac_floor"]),
        "cover_share": float(row["frac_floor" if turned else "frac_cover"]),
        **({} if turned else {"floor": float(row["R_root"])}),
    }  # fmt: skip
    return {
        key: getattr(cell, key) - value if key.endswith("share") else getattr(cell, key) / value - 1.0
        for key, value in expected.items()
    }


def wetted_per_base(given: Case) -> float:
    walls = given.height + 0.5 * given.width * (2.0 if given.cover > 0.0 else 1.0)
    return walls / (0.5 * (given.width + given.wall))


@pytest.mark.parametrize("name", NAMES)
def test_the_cell_is_the_exact_one(name: str) -> None:
    """The table is good to 1e-4."""
    errors, off = cell_errors(name), cell_errors(name, fluid=1.01)
    for key, error in errors.items():
        assert abs(error) < 1e-4, key
    for key in ("root", "wetted"):
        assert abs(off[key]) > 1e-3, key


@pytest.mark.parametrize("name", NAMES)
def test_the_cell_is_of_second_order(name: str) -> None:
    section = case(name).section
    root = [_on_grid(section, n).root for n in (8, 16, 32)]
    assert math.log2((root[0] - root[1]) / (root[1] - root[2])) == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize("ratio", [0.05, 0.25, 1.0])
def test_walls_of_one_temperature_have_the_nusselt_number_of_the_duct(ratio: float) -> None:
    height, width = 1e-3, ratio * 1e-3
    Dh = 2.0 * width * height / (width + height)
    for cover, walls, perimeter in ((0.0, 3, 2.0 * height + width), (width, 4, 2.0 * (height + width))):
        cell = solve_cell(CellSection(width, height, width, 1e6, 0.6, cover, 1e6))
        Nu = 2.0 * width / perimeter / cell.wetted * Dh / 0.6
        assert Nu == pytest.approx(developed_nusselt_H1(ratio, walls), rel=1e-3)
        assert Nu != pytest.approx(1.01 * developed_nusselt_H1(ratio, walls), rel=1e-3)
        assert cell.friction == pytest.approx(fully_developed_friction(ratio), rel=1e-3)


def test_heat_is_neither_lost_nor_made() -> None:
    for name in NAMES:
        cell = solve_cell(case(name).section)
        assert cell.side_share + cell.floor_share + cell.cover_share == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(("name", "textbook"), [("S1", -0.0147), ("S2", -0.0173), ("S3", -0.0047)])
def test_calibration_takes_the_textbook_bias_out(name: str, textbook: float) -> None:
    """The Nusselt number of the duct on all its walls leaves the stated error at the root."""
    given = case(name)
    exact = float(DEVELOPED[name]["R_heated"]) - given.base / given.solid
    sizes = given.width, given.height, given.wall, given.solid
    assert root_resistance(given.film, *sizes) / exact - 1.0 == pytest.approx(0.0, abs=1e-4)
    assert root_resistance(textbook_film(name), *sizes) / exact - 1.0 == pytest.approx(textbook, abs=1e-3)


def textbook_film(name: str) -> float:
    """Duct's own Nusselt number, walls that give heat all counted to the fins' sides."""
    given = case(name)
    Dh = 2.0 * given.width * given.height / (given.width + given.height)
    ends = 2 if given.cover > 0.0 else 1
    Nu = developed_nusselt_H1(given.width / given.height, 2 + ends)
    return Nu * given.fluid / Dh * (1.0 + ends * given.width / (2.0 * given.height))


def model_along(name: str, film: float, *, developing: bool = True) -> NDArray[np.float64]:
    """Resistance over the inlet at the stations of the table, after the smeared model with its base; see there.

    Unknowns: metal in rows over the height and columns along, and coolant entering each cell of the fin zone.
    """
    given, row = case(name), ALONG[name]
    u, length = float(row["u_mean"]), float(row["L_m"])
    rho_cp = float(DEVELOPED[name]["rho_cp"])
    pitch, share = given.width + given.wall, given.wall / (given.width + given.wall)
    y = np.linspace(0.0, 1.0, 61) ** 1.5 * length
    layers = [(given.base, 12, 1.0), (given.height, 24, share), (given.cover, 6, 1.0)]
    dz = np.concatenate([np.full(n, size / n) for size, n, _ in layers if size > 0.0])
    k = given.solid * np.concatenate([np.full(n, part) for size, n, part in layers if size > 0.0])
    h = film_along(film, given.width, given.height, y, 0.0, np.array([u]), given.fluid / rho_cp)[:, 0]
    x = along(np.diff(y), dz, k, slice(12, 36), 2.0 * (h if developing else 0.0 * h + film) / pitch,
              rho_cp * u * (1.0 - share))  # fmt: skip
    face = x[0] + 0.5 * dz[0] / given.solid
    middle = 0.5 * (y[1:] + y[:-1])
    stations = np.interp(length * np.array([0.1, 0.25, 0.5, 0.75, 0.9]), middle, face)
    return np.concatenate([[(face * np.diff(y)).sum() / length], stations])


def along(dy, dz, k, fins, exchange, capacity):  # type: ignore[no-untyped-def]
    """Temperatures (rows, columns) at unit flux from below, coolant entering at 0."""
    rows, columns = dz.size, dy.size
    at = np.arange(rows * columns).reshape(rows, columns)
    coolant = rows * columns + np.arange(dz[fins].size * columns).reshape(-1, columns)
    entries: list[tuple[NDArray, NDArray, NDArray]] = []

    def put(i, j, value):  # type: ignore[no-untyped-def]
        entries.append(tuple(np.broadcast_to(part, i.shape).ravel() for part in (i, j, value)))

    def join(i, j, g):  # type: ignore[no-untyped-def]
        for first, second, sign in ((i, i, 1), (j, j, 1), (i, j, -1), (j, i, -1)):
            put(first, second, sign * g)

    join(at[:-1], at[1:], dy / (0.5 * dz[:-1] / k[:-1] + 0.5 * dz[1:] / k[1:])[:, None])
    join(at[:, :-1], at[:, 1:], (k * dz)[:, None] / (0.5 * (dy[:-1] + dy[1:])))
    C = capacity * dz[fins][:, None]
    uptake = -np.expm1(-exchange * dy / capacity) + 0.0 * C
    put(at[fins], at[fins], C * uptake)
    put(at[fins], coolant, -C * uptake)
    put(coolant, coolant, np.ones(coolant.shape))
    put(coolant[:, 1:], coolant[:, :-1], uptake[:, :-1] - 1.0)
    put(coolant[:, 1:], at[fins, :-1], -uptake[:, :-1])
    size = at.size + coolant.size
    i, j, value = (np.concatenate(part) for part in zip(*entries, strict=True))
    rhs = np.zeros(size)
    rhs[at[0]] = dy
    return spsolve(csc_array((value, (i, j)), shape=(size, size)), rhs)[: at.size].reshape(rows, columns)


@pytest.mark.parametrize(("name", "mean", "local"), [("S1", 0.003, 0.016), ("S2", 0.002, 0.008)])
def test_along_the_channels_the_model_follows_the_conjugate_solution(name: str, mean: float, local: float) -> None:
    """Mean over the length, and stations at 10 … 90 % of it; the reference is good to 0.15 %."""
    row = ALONG[name]
    expected = np.array([float(row[f"R_{at}"]) for at in ("mean", "x0.10L", "x0.25L", "x0.50L", "x0.75L", "x0.90L")])
    film = case(name).film
    error = np.abs(model_along(name, film) / expected - 1.0)
    assert error[0] < mean
    assert error[1:].max() < local
    undeveloped = np.abs(model_along(name, film, developing=False) / expected - 1.0)
    assert undeveloped[1:].max() > 1.5 * local
    textbook = np.abs(model_along(name, textbook_film(name)) / expected - 1.0)
    assert textbook[0] > mean


def test_heat_from_both_ends() -> None:
    """With a conducting cover the far end's temperature is the second of two numbers that one h has to serve."""
    given = case("S1")
    cell: CellSolution = solve_cell(given.section)
    metal = given.height / (given.solid * given.wall / (given.width + given.wall))
    far = root_resistance(given.film, given.width, given.height, given.wall, given.solid) - metal / 2.0
    assert far / cell.tip - 1.0 == pytest.approx(0.018, abs=0.003)
    assert (cell.root + far) / (cell.root + cell.tip) - 1.0 == pytest.approx(0.008, abs=0.003)
