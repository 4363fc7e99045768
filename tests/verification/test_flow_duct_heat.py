"""Heat in ducts of all aspect ratios, developed and in their entrance, against exact solutions (Shah & London 1978)."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.sparse.linalg import LinearOperator, gmres

from tests.verification.flow_cases import Floats, HeatedDuct, clustered, duct_velocity, table
from tests.verification.test_flow_ducts import ACROSS, ALPHAS, ROUNDING, STATED, even, plates, stated
from thermal.fv import Side
from thermal.fv.flow_field import FlowField

ROWS = {float(row["alpha"]): row for row in table("duct_fully_developed.csv")}
DUCTS = [0.0, *ALPHAS]  # 0 for plates
ROUND: tuple[Side, ...] = ("y_min", "y_max", "z_min", "z_max")  # z is the long side
WALLS = {4: ROUND, 3: ("y_min", "y_max", "z_max")}  # of three, one short wall gives no heat
ROW = 5  # of 8 along the duct: nothing develops any more
STEP, STEPS, PASSES = 0.3, 6, 400  # of x*, cells of one length in a row, and how often these may follow one another
EVEN = 1e-4  # from one cell along the flow to the next
SAME = 1e-6  # of a Nusselt number all along the row
WRONG = 1.01  # conductivity on purpose


def heated(flow: FlowField, count: int = 4, conductivity: float = 1.0) -> HeatedDuct:
    """Duct of a solved flow with so many walls that heat it; of plates, which have no others, two."""
    y, z = (np.asarray(faces) for faces in flow.grid.faces[1:])
    walls = ROUND[:2] if len(z) == 2 else ROUND
    return HeatedDuct(y, z, flow.u[:, :, 0], walls, tuple(side for side in WALLS[count] if side in walls), conductivity)


def even_flux(duct: HeatedDuct) -> float:
    """Nusselt number with walls that warm evenly along the flow: Nu_H1."""
    faces = np.linspace(0.0, 30.0, 9)
    wall = 0.5 * (faces[:-1] + faces[1:])
    field = duct.field(faces, wall, 0.0)
    return float((duct.flux(field) / (wall - duct.bulk(field)))[ROW])


def one_temperature(duct: HeatedDuct, step: float = STEP) -> float:
    """Nusselt number with walls of one temperature, far from the inlet: Nu_T.

    What leaves a short duct enters it again, scaled up, until Nu is the same in all cells. Upwind along the flow a cell
    multiplies each shape of the cross-section by 1/(1 + λΔx): the lowest outlasts the others, however long cells are.
    """
    faces, inlet = step * np.arange(STEPS + 1), np.ones(duct.u.shape)
    for _ in range(PASSES):
        field = duct.field(faces, 0.0, inlet, "upwind")
        bulk = duct.bulk(field)
        found = -duct.flux(field) / bulk
        if np.ptp(found) < SAME * found[-1]:
            assert field.temperature.min() > 0.0  # of all shapes only the lowest has one sign
            return float(found[-1])
        inlet = field.temperature[:, :, -1] / bulk[-1]
    pytest.fail(f"Nu still falls, from {found[0]:.6f} to {found[-1]:.6f}")


def even_flux_all_round(duct: HeatedDuct) -> float:
    """Nusselt number with one flux through every part of every wall, far from the inlet: Nu_H2.

    On the mean of the walls around the cross-section; what develops crosses the long side, so that a flat duct has to
    be long, and lengths are counted on it.
    """
    longer = max(1.0, (np.ptp(duct.z) / np.ptp(duct.y)) ** 2 / 10.0) if "z_min" in duct.walls else 1.0
    field = duct.warmed(np.linspace(0.0, 30.0 * longer, 9))
    found = duct.diameter / (duct.wall(field) - duct.bulk(field))
    assert abs(found[ROW + 1] / found[ROW] - 1.0) < EVEN
    return float(found[ROW])


LAWS = {"H1": even_flux, "T": one_temperature}


@pytest.mark.parametrize("count", WALLS)
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("alpha", DUCTS)
def test_nusselt_numbers_of_ducts(alpha: float, law: str, count: int) -> None:
    """With a flow solved on the same grid; plates have two walls in either column."""
    duct = heated(stated(alpha) if alpha > 0.0 else plates(ACROSS), count)
    assert LAWS[law](duct) == pytest.approx(float(ROWS[alpha][f"Nu_{law}_{count}"]), rel=STATED)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("alpha", [1.0, 0.25])
def test_a_conductivity_one_per_cent_off_is_seen(alpha: float, law: str) -> None:
    found = LAWS[law](heated(stated(alpha), 3, WRONG))
    assert found != pytest.approx(float(ROWS[alpha][f"Nu_{law}_3"]), rel=STATED)


@pytest.mark.parametrize("alpha", DUCTS)
def test_nusselt_numbers_of_ducts_with_one_flux_all_round(alpha: float) -> None:
    """Four walls; of plates, two."""
    flow, exact = stated(alpha) if alpha > 0.0 else plates(ACROSS), float(ROWS[alpha]["Nu_H2_4"])
    assert even_flux_all_round(heated(flow)) == pytest.approx(exact, rel=STATED)
    for wrong in (0.99, 1.01):
        assert even_flux_all_round(heated(flow, conductivity=wrong)) != pytest.approx(exact, rel=STATED)


def test_cells_along_the_flow_may_be_of_any_length() -> None:
    duct = heated(stated(0.25))
    assert one_temperature(duct, 0.1) == pytest.approx(one_temperature(duct), rel=1e-5)


TABLE = {  # errors of Nu_H1 with 4, 8, 16, 32 even cells across: expected of cells with half-width wall distance
    0.0: (0.029, 0.010, 0.0027, 0.0007),
    1.0: (0.147, 0.050, 0.0135, 0.0035),
    0.1: (0.054, 0.021, 0.0060, 0.0016),
}


@pytest.mark.parametrize("alpha", TABLE)
def test_errors_on_even_grids_are_those_expected(alpha: float) -> None:
    """Order 2 included; conductivity off by 1 % fails every entry."""
    exact, found = float(ROWS[alpha]["Nu_H1_4"]), []
    for n, expected in zip(ROUNDING, TABLE[alpha], strict=True):
        flow = even(alpha, n)
        found.append(even_flux(heated(flow)) / exact - 1.0)
        assert found[-1] == pytest.approx(expected, abs=ROUNDING[n]), n
        wrong = even_flux(heated(flow, conductivity=WRONG)) / exact - 1.0
        assert wrong != pytest.approx(expected, abs=ROUNDING[n]), n
    orders = [math.log2(a / b) for a, b in itertools.pairwise(found)]
    assert 1.9 < orders[-1] < 2.1


LONG = {1.0: 32, 0.5: 40, 0.25: 48, 0.1: 64}  # cells along the long side, of which 32 lie across the short one
STATIONS = 120  # cells along the flow, closer at the inlet
LAST = 0.25  # x*, beyond all of the table
ENTRANCE = sorted({row["geometry"] for row in table("graetz_entry.csv")} - {"tube"})
BOUNDS = {"Nu_x_T": 0.003, "Nu_m_T": 0.006, "Nu_x_H1": 0.006}


class Entrance:
    """Where heating begins in developed flow (series of Shah & London 1978): half or a quarter of a duct."""

    def __init__(self, geometry: str, cells: int = 32, stations: int = STATIONS, conductivity: float = 1.0) -> None:
        kind, _, alpha = geometry.partition("_")
        self.rows = [row for row in table("graetz_entry.csv") if row["geometry"] == geometry]
        self.rows = [row for row in self.rows if float(row["x_star"]) >= 0.005]
        y = np.linspace(0.0, 0.5, cells // 2 + 1)
        centres = 0.5 * (y[1:] + y[:-1])
        walls: tuple[Side, ...] = ("y_min",)
        if kind == "plates":
            z, u = np.array([0.0, 1.0]), (centres * (1.0 - centres))[None]
        else:
            ratio = float(alpha)
            z = clustered(LONG[ratio] * cells // 32, 0.8 if ratio < 1.0 else 0.0, 1.0 / ratio)
            z = z if kind == "duct3" else z[: len(z) // 2 + 1]
            walls = ("y_min", "z_min", "z_max") if kind == "duct3" else ("y_min", "z_min")
            u = duct_velocity(centres, 0.5 * (z[1:] + z[:-1]), 1.0, 1.0 / ratio)
        heated = tuple(wall for wall in walls if kind != "duct3" or wall != "z_min")
        self.duct = HeatedDuct(y, z, u, walls, heated, conductivity)
        self.faces = LAST * np.linspace(0.0, 1.0, stations + 1) ** 2.5
        self.x_star = 0.5 * (self.faces[1:] + self.faces[:-1])

    def even_temperature(self) -> tuple[Floats, Floats]:
        """Local Nusselt numbers of walls at one temperature, and their means from the inlet on."""
        field = self.duct.field(self.faces, 0.0, 1.0)
        bulk = self.duct.bulk(field)
        share = self.duct.perimeter(self.duct.heated) / self.duct.perimeter(self.duct.walls)
        return -self.duct.flux(field) / bulk, -np.log(bulk) / (4.0 * share * self.x_star)

    def even_flux(self) -> Floats:
        """Local Nusselt numbers of walls whose temperature along the flow is sought so that they heat evenly."""
        weights = np.sqrt(np.diff(self.faces))  # residuals in the mean over the length

        def heat(wall: Floats) -> Floats:
            return weights * self.duct.flux(self.duct.field(self.faces, wall, 0.0))

        operator = LinearOperator((len(weights),) * 2, matvec=heat)
        wall, stalled = gmres(operator, weights, rtol=1e-5, restart=60, maxiter=1)
        assert not stalled
        field = self.duct.field(self.faces, wall, 0.0)
        return np.asarray(self.duct.flux(field) / (wall - self.duct.bulk(field)))

    def errors(self) -> dict[str, Floats]:
        """Relative, of each column at the places of the table."""
        found = dict(zip(("Nu_x_T", "Nu_m_T"), self.even_temperature(), strict=True))
        found["Nu_x_H1"] = self.even_flux()
        at = [float(row["x_star"]) for row in self.rows]
        exact = {name: np.array([float(row[name]) for row in self.rows]) for name in BOUNDS}
        return {name: np.interp(at, self.x_star, found[name]) / exact[name] - 1.0 for name in BOUNDS}


@pytest.mark.parametrize("geometry", ENTRANCE)
def test_thermal_entrance_at_32_cells(geometry: str) -> None:
    """From x* = 0.005 to 0.2."""
    for name, errors in Entrance(geometry).errors().items():
        assert len(errors) == 11
        assert np.abs(errors).max() < BOUNDS[name], name


@pytest.mark.parametrize("geometry", ["plates", "duct4_0.5", "duct3_0.25"])
def test_a_wrong_conductivity_or_few_cells_are_seen_in_the_entrance(geometry: str) -> None:
    for wrong in (Entrance(geometry, conductivity=WRONG), Entrance(geometry, 8)):
        for name, errors in wrong.errors().items():
            assert np.abs(errors).max() > BOUNDS[name], name


@pytest.mark.parametrize("geometry", ["plates", "duct4_0.5"])
def test_few_cells_along_the_flow_are_seen_in_local_numbers(geometry: str) -> None:
    """Means depend on them less: they follow from the balance of heat."""
    errors = Entrance(geometry, stations=24).errors()
    for name in ("Nu_x_T", "Nu_x_H1"):
        assert np.abs(errors[name]).max() > BOUNDS[name], name
