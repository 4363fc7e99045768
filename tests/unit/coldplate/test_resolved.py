from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from thermal.coldplate.closure import unit_cell
from thermal.coldplate.clustering import clustered, grown
from thermal.coldplate.resolved import ResolvedCell, ResolvedRun, Settings
from thermal.coldplate.resolved_cell import cell_grid, cell_shape
from thermal.coldplate.resolved_range import beyond_table
from thermal.coldplate.resolved_sector import ResolvedSector
from thermal.correlations.coolant import CoolantTable
from thermal.correlations.coolant_table import coolant_table
from thermal.correlations.ducts import entrance_constants
from thermal.correlations.entrance import entrance_friction
from thermal.errors import InputError, OperatingRangeError, RangeWarning
from thermal.rack.parts import Package, Plate

Parts = Callable[..., tuple[Plate, Package]]
FLOW, HEAT, INLET = 0.02, 400.0, 303.15  # [kg/s], [W], [K]
COARSE = 0.4  # resolution: 8 cells across a channel


def fluid(slope: float = 0.0) -> CoolantTable:
    """Plain coolant, its viscosity falling by a share per kelvin."""
    T = np.array([273.15, 303.15, 363.15])
    mu = 1e-3 * np.exp(-slope * (T - 303.15))
    return coolant_table(T, [1000.0] * 3, [4000.0] * 3, [0.5] * 3, mu, [3000.0, 4000.0, 5000.0])


@pytest.fixture
def plate(parts: Parts) -> Plate:
    return parts()[0]


@pytest.fixture
def run(plate: Plate) -> ResolvedRun:
    assert plate.channels is not None
    return ResolvedCell("plate", plate.channels, plate.body, resolution=COARSE).solve(FLOW, INLET, HEAT, fluid())


def test_rows_of_faces() -> None:
    both = clustered(1.0, 3.0, 8, "both")
    assert (both[0], both[-1]) == (1.0, 3.0)
    np.testing.assert_allclose(np.diff(both), np.diff(both)[::-1], rtol=1e-12)
    start = np.diff(clustered(0.0, 1.0, 8, "start"))
    assert (np.diff(start) > 0.0).all()
    np.testing.assert_allclose(start, np.diff(clustered(0.0, 1.0, 8, "end"))[::-1], rtol=1e-12)
    row = grown(0.0, 1.0, 20, 0.01)
    steps = np.diff(row)
    np.testing.assert_allclose(steps[1:] / steps[:-1], steps[1] / steps[0], rtol=1e-9)
    assert steps[0] == pytest.approx(0.01, rel=0.2)
    np.testing.assert_allclose(row[::2], grown(0.0, 1.0, 10, 0.02), rtol=1e-12)  # two grids refine each other
    np.testing.assert_allclose(np.diff(grown(0.0, 1.0, 4, 0.5)), 0.25, rtol=1e-12)


def test_the_cell_has_the_plates_geometry(plate: Plate) -> None:
    assert plate.channels is not None
    shape = cell_shape(plate.channels, plate.body)
    assert (shape.paths, shape.run, shape.cover) == (60, pytest.approx(0.02), pytest.approx(1e-3))
    cut = cell_grid("plate", shape)
    x, y, z = cut.grid.faces
    assert (x[-1], y[-1], z[-1]) == (pytest.approx(0.2e-3), pytest.approx(0.02), pytest.approx(4.5e-3))
    assert cut.grid.volumes[cut.fluid].sum() == pytest.approx(0.1e-3 * 2e-3 * 0.02, rel=1e-12)
    assert cut.fluid[cut.root, 0].sum() == 10  # across half a channel
    split = plate.channels.model_copy(update={"split": "centre"})
    half = cell_shape(split, plate.body)
    assert (half.paths, half.run) == (120, pytest.approx(0.01))
    assert half.area == pytest.approx(shape.area, rel=1e-12)


@pytest.mark.parametrize("domain", [ResolvedCell, ResolvedSector])
def test_a_grid_that_does_not_resolve_the_channel_is_refused(plate: Plate, domain: type) -> None:
    with pytest.raises(
        InputError, match=r"puts 4 cells across a channel, which needs 6 at least; use a resolution of 0\.3"
    ):
        domain("plate", plate.channels, plate.body, resolution=0.2)
    assert domain("plate", plate.channels, plate.body, resolution=0.3).half == 3


def test_heat_and_mass_are_kept(run: ResolvedRun) -> None:
    rows, widths = run.along, np.diff(run.along.faces)
    taken = float((rows.wall_flux * rows.wall_area).sum())
    put = HEAT * run.domain.share
    assert taken == pytest.approx(put, rel=1e-6)
    assert run.flow.mass_flow("y_min") == pytest.approx(FLOW * run.domain.share, rel=1e-12)
    assert run.coolant.outlet - INLET == pytest.approx(HEAT / (FLOW * 4000.0), rel=1e-9)
    assert rows.bulk[-1] + 0.5 * (rows.bulk[-1] - rows.bulk[-2]) * widths[-1] / widths[-2] == pytest.approx(
        run.coolant.outlet, abs=0.1
    )
    assert rows.base.mean() > rows.root.mean() > rows.metal.mean() > rows.bulk.mean()


LONG, SLOW = 0.08, 4e-3  # [m], [kg/s]: flow and heat are developed half-way
NEAR = 2e-3  # of developed film and apparent friction, extrapolated from two grids


def long_channels(plate: Plate) -> list[ResolvedRun]:
    """Two grids of a long channel, the coarse one first."""
    assert plate.channels is not None
    length = replace(plate.channels.length, value=LONG)
    channels = plate.channels.model_copy(update={"length": length})
    cells = [ResolvedCell("plate", channels, plate.body, resolution=one * COARSE) for one in (1.0, 2.0)]
    return [cell.solve(SLOW, INLET, 20.0, fluid(), Settings(even_properties=True)) for cell in cells]


def extrapolated(values: list[float]) -> float:
    coarse, fine = values
    return fine + (fine - coarse) / 3.0


def developed_nusselt(run: ResolvedRun) -> float:
    """Nu half-way, all rows scaled alike so that their mean is the one that is printed."""
    rows, widths = run.along, np.diff(run.along.faces)
    film = rows.wall_film()
    middle = float(np.interp(0.5 * LONG, rows.y, film))
    return middle / float(film @ widths / widths.sum()) * run.nusselt


def test_a_long_channel_has_the_exact_film_and_friction(plate: Plate, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = long_channels(plate)
    s, k, Re = runs[0].domain.shape, runs[0].coolant.conductivity, runs[0].reynolds
    exact = unit_cell(
        s.width, s.height, s.wall, s.conductivity, k, cover=s.cover, cover_conductivity=s.cover_conductivity
    ).exact
    walls = 2.0 * (s.width + s.height)  # that give heat: floor, sides, and the roof, which the cover warms
    film = s.pitch / (walls * exact.wetted) * s.hydraulic_diameter / k
    begin, *_ = entrance_friction(Re * s.hydraulic_diameter / LONG, *entrance_constants(s.width / s.height))

    def right() -> tuple[bool, bool]:
        return (
            extrapolated([developed_nusselt(run) for run in runs]) == pytest.approx(film, rel=NEAR),
            extrapolated([run.friction for run in runs]) == pytest.approx(begin, rel=NEAR),
        )

    assert right() == (True, True)
    for name in ("nusselt", "friction"):
        own = getattr(ResolvedRun, name).fget
        for factor in (0.99, 1.01):
            with monkeypatch.context() as off:
                off.setattr(ResolvedRun, name, property(lambda run, own=own, factor=factor: factor * own(run)))
                assert right() == (name == "friction", name == "nusselt")


def test_warm_coolant_flows_more_easily(plate: Plate) -> None:
    """Walls are warmer than the mean, and friction is at the walls."""
    assert plate.channels is not None
    cell = ResolvedCell("plate", plate.channels, plate.body, resolution=0.3)
    even = cell.solve(FLOW, INLET, 2000.0, fluid(0.02), Settings(even_properties=True))
    local = cell.solve(FLOW, INLET, 2000.0, fluid(0.02))
    assert even.rounds == 1
    assert local.rounds > 2
    assert local.pressure_drop < even.pressure_drop
    assert local.pressure_drop == pytest.approx(even.pressure_drop, rel=0.4)
    assert local.resistance == pytest.approx(even.resistance, rel=0.05)


def test_cells_beyond_the_coolants_table_are_told(plate: Plate) -> None:
    assert plate.channels is not None
    cell = ResolvedCell("plate", plate.channels, plate.body, resolution=0.3)
    with pytest.warns(RangeWarning, match=r"^plate at 0\.02 kg/s: the coolant's table ends at 90\.0 °C, and "):
        run = cell.solve(FLOW, INLET, 4500.0, fluid(0.02))
    assert run.coolant.outlet < 363.15
    coolant = run.field.temperature[cell.cut.fluid]
    (note,) = run.beyond
    share = 100.0 * np.count_nonzero(coolant > 363.15) / coolant.size
    assert f"{share:.2g} % of its cells are beyond, the hottest with {coolant.max() - 273.15:.1f} °C, cell" in note
    assert run.notes[-1] == note
    below = beyond_table(cell.cut, run.field.temperature, fluid()._replace(temperature=np.array([310.0, 650.0])))
    assert [note.split(":")[0][:33] for note in below] == ["the coolant's table begins at 36."]
    assert beyond_table(cell.cut, run.field.temperature, fluid()._replace(temperature=np.array([200.0, 650.0]))) == ()


def test_what_cannot_be_resolved_is_refused(plate: Plate) -> None:
    assert plate.channels is not None
    cell = ResolvedCell("plate", plate.channels, plate.body, resolution=0.3)
    with pytest.raises(OperatingRangeError, match="a mass flow of 0 kg/s is nothing to resolve"):
        cell.solve(0.0, INLET, HEAT, fluid())
    with pytest.raises(OperatingRangeError, match="a heat of 0 W gives no resistance"):
        cell.solve(FLOW, INLET, 0.0, fluid())
    with pytest.raises(OperatingRangeError, match="its outlet at"):
        cell.solve(FLOW, INLET, 8000.0, fluid())


def test_a_sector_has_the_plates_plenums(plate: Plate) -> None:
    sector = ResolvedSector("plate", plate.channels, plate.body, resolution=COARSE, number=2)
    grid, fluid_cells = sector.cut.grid, sector.cut.fluid
    x, y, z = grid.faces
    assert (x[-1], y[-1], z[-1]) == (pytest.approx(0.4e-3), pytest.approx(0.028), pytest.approx(4.5e-3))
    channel, plenums = 0.2e-3 * 2e-3 * 0.02, 2 * 0.4e-3 * 2e-3 * 4e-3
    assert grid.volumes[fluid_cells].sum() == pytest.approx(channel + plenums, rel=1e-9)
    assert sector.share == pytest.approx(1.0 / 60.0)
    assert sector.mirrors == ("x_min", "x_max")
    with pytest.raises(InputError, match="0 channels"):
        ResolvedSector("plate", plate.channels, plate.body, number=0)


def test_a_centre_fed_sector_has_a_slot(plate: Plate) -> None:
    assert plate.channels is not None
    assert plate.body is not None
    split = plate.channels.model_copy(update={"split": "centre"})
    with pytest.raises(InputError, match="a centre-fed plate without a slot"):
        ResolvedSector("plate", split, plate.body)
    body = plate.body.model_copy(update={"slot": plate.body.plenum.length})  # 4 mm
    sector = ResolvedSector("plate", split, body, resolution=COARSE, number=1)
    volume = 0.1e-3 * 2e-3 * 0.01 + 0.2e-3 * 2e-3 * 4e-3 + 0.2e-3 * 1e-3 * 2e-3  # channel, plenum, half the slot
    assert sector.cut.grid.volumes[sector.cut.fluid].sum() == pytest.approx(volume, rel=1e-9)
    assert sector.mirrors == ("x_min", "x_max", "y_min")
