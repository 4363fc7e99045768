"""One plate as a field: heat accounts, symmetry, linearity, a stack worked out by hand, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt, tanh

import numpy as np
import pytest

from thermal.coldplate import model as model_module
from thermal.coldplate.field import PlateField
from thermal.coldplate.model import PlateModel
from thermal.coldplate.readout import ActivePlane
from thermal.correlations.coolant import CoolantTable, coolant_table, enthalpy
from thermal.errors import ConvergenceError, InputError, OperatingRangeError
from thermal.rack.parts import Package, Plate

Parts = Callable[..., tuple[Plate, Package]]
INLET, FLOW, POWER = 303.15, 1.0 / 60.0, 200.0  # K, kg/s, W
COARSE = 0.5
SPLIT = (("split: end_to_end", "split: centre"), ("length: 36 mm", "length: 36 mm\n      slot: 2 mm"))


@pytest.fixture(scope="module")
def coolant() -> CoolantTable:
    """A coolant whose specific heat changes, so that a wrong mean of it shows."""
    T = np.array([253.15, 303.15, 353.15, 373.15])
    return coolant_table(T, [1e3] * 4, [3800, 4000, 4300, 4500], [0.5] * 4, [2e-3, 1e-3, 6e-4, 5e-4], [5e3] * 4)


def solved(parts: Parts, coolant: CoolantTable, *changes: tuple[str, str], flow: float = FLOW) -> PlateField:
    plate, package = parts(*changes)
    return PlateModel("plate", plate, [package], resolution=COARSE).solve(flow, INLET, [POWER], coolant)


@pytest.mark.parametrize("changes", [(), SPLIT], ids=["end to end", "split"])
def test_heat_given_off_leaves_with_the_coolant(parts: Parts, coolant: CoolantTable, changes: tuple) -> None:
    field = solved(parts, coolant, *changes)
    assert abs(field.imbalance) < 1e-12
    assert field.heat == pytest.approx(POWER, rel=1e-12)
    assert abs(field.unbalanced) < 1e-7
    carried = FLOW * (enthalpy(coolant, field.outlet) - enthalpy(coolant, INLET))
    assert carried == pytest.approx(field.heat, rel=1e-8)
    assert INLET < field.outlet < field.devices[0].case_mean < field.devices[0].junction_mean


def test_heat_lost_on_the_way_in_shows(parts: Parts, coolant: CoolantTable, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account is against the power asked for, not against what reached the cells."""
    whole = ActivePlane.load
    monkeypatch.setattr(ActivePlane, "load", lambda plane, rhs, power: whole(plane, rhs, 0.99 * power))
    field = solved(parts, coolant)
    assert field.imbalance == pytest.approx(-0.01, abs=1e-9)
    assert field.heat == pytest.approx(0.99 * POWER, rel=1e-9)


def test_shares_that_miss_one_a_little_still_put_in_all_power(parts: Parts, coolant: CoolantTable) -> None:
    field = solved(parts, coolant, ("share: 0.1", "share: 0.1000008"))
    assert abs(field.imbalance) < 1e-12


@pytest.mark.parametrize("tolerance", [3e-2, 1e-3])
def test_a_field_that_is_not_solved_is_refused(
    parts: Parts, coolant: CoolantTable, monkeypatch: pytest.MonkeyPatch, tolerance: float
) -> None:
    """The common shift closes any account; what it had to take out tells a loose tolerance."""
    tight = solved(parts, coolant)
    monkeypatch.setattr(model_module, "TOLERANCE", tolerance)
    with pytest.raises(ConvergenceError, match=r"^plate: the temperature field .* of the heat was left out of balance"):
        solved(parts, coolant)
    monkeypatch.setattr(model_module, "UNBALANCED", 1.0)
    loose = solved(parts, coolant)
    assert abs(loose.unbalanced) > 100.0 * max(abs(tight.unbalanced), 1e-8)
    assert abs(loose.imbalance) < 1e-12


def test_coolant_that_flows_back_is_refused(
    parts: Parts, coolant: CoolantTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Back(_even_flow):
        least = -1e-3

        def __init__(self, *given: object) -> None:
            super().__init__(*given)  # type: ignore[arg-type]
            self.share[0], self.share[1] = self.least, self.share[0] + self.share[1] - self.least

    monkeypatch.setattr(model_module, "planform_flow", Back)
    with pytest.raises(OperatingRangeError, match=r"^plate: coolant flows back .* \(0.001 of the flow .*body.plenum"):
        solved(parts, coolant)
    monkeypatch.setattr(Back, "least", -1e-15)  # rounding
    assert abs(solved(parts, coolant).imbalance) < 1e-12


def mixed(field: PlateField) -> float:
    """Temperature of what leaves, from the last row's mean: streams weighed with their flow, layer by layer."""
    assert field.coolant_volume is not None
    wet = np.isfinite(field.coolant_volume)
    layers, rows, columns = (np.flatnonzero(wet.any(axis=other)) for other in ((1, 2), (0, 2), (0, 1)))
    last = field.coolant_volume.astype(float)[np.ix_(layers, rows[-1:], columns)][:, 0]
    share = np.outer(field.grid.widths.z[_fin_layers(field)], field.grid.widths.x[columns])
    return float((share * last).sum() / share.sum())


def _fin_layers(field: PlateField) -> slice:
    assert field.coolant_volume is not None
    top = int(np.abs(field.grid.faces.z - (field.grid.faces.z[-1] - 1e-3)).argmin())  # below a cover of 1 mm
    return slice(top - field.coolant_volume.shape[0], top)


def test_outlet_mixes_to_that_of_the_enthalpies(
    parts: Parts, coolant: CoolantTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streams leave at different temperatures; weighed with their flow they give the outlet's."""
    monkeypatch.setattr(model_module, "planform_flow", _even_flow)  # so that a column's share is its width
    plate, package = parts()
    model = PlateModel("plate", plate, [package], resolution=COARSE)
    field = model.solve(0.05 * FLOW, INLET, [POWER], coolant, volumes=True)
    assert field.outlet - INLET > 50.0
    begin, end = enthalpy(coolant, INLET), enthalpy(coolant, mixed(field))
    assert 0.05 * FLOW * (end - begin) == pytest.approx(POWER, rel=1e-3)  # the last row's mean, not its end
    assert 0.05 * FLOW * (enthalpy(coolant, INLET + 1.01 * (mixed(field) - INLET)) - begin) != pytest.approx(
        POWER, rel=1e-3
    )


def test_a_plate_that_is_its_own_mirror_image_has_such_a_field(parts: Parts, coolant: CoolantTable) -> None:
    field = solved(parts, coolant)
    chips = field.devices[0].chips
    assert chips["left"].max == pytest.approx(chips["right"].max, abs=1e-4)
    for plane in field.planes.values():
        assert plane.values == pytest.approx(plane.values[:, ::-1], abs=1e-3, nan_ok=True)
    uneven = solved(parts, coolant, ("at: [5 mm, 0 mm]", "at: [6 mm, 0 mm]")).devices[0].chips
    assert abs(uneven["left"].max - uneven["right"].max) > 0.05


@pytest.mark.parametrize("changes", [(), SPLIT], ids=["end to end", "split"])
@pytest.mark.parametrize("power", [POWER, 0.0])
def test_channels_are_told_with_their_shares(parts: Parts, coolant: CoolantTable, changes: tuple, power: float) -> None:
    """Shares of one plate: they sum to 1, mirror its middle, and are the velocity's over all 60 channels."""
    plate, package = parts(*changes)
    model = PlateModel("plate", plate, [package], resolution=COARSE)
    flow = model.solve(FLOW, INLET, [power], coolant).channels
    assert flow is not None
    widths = np.diff(flow.column_faces)
    assert flow.share.sum() == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(flow.share, flow.share[::-1], rtol=1e-6)
    section = 60 * widths / widths.sum() * 0.2e-3 * 2e-3 * (2.0 if changes else 1.0)
    np.testing.assert_allclose(1e3 * flow.velocity * section, FLOW * flow.share, rtol=1e-9)
    assert np.ptp(flow.relative) > 0.01  # neither even nor of another width
    assert (flow.relative * widths).sum() == pytest.approx(widths.sum(), rel=1e-12)
    assert flow.column_faces[[0, -1]] == pytest.approx([model.stack.fins.area.x_low, model.stack.fins.area.x_high])
    assert model.solve(0.0, INLET, [0.0], coolant).channels is None


def test_split_flow_is_its_own_mirror_image_along_the_channels(parts: Parts, coolant: CoolantTable) -> None:
    alone = ("at: [0 mm, 8 mm]", "at: [0 mm, 0 mm]"), ("width: 6 mm, length: 4 mm", "width: 2 mm, length: 4 mm")
    field = solved(parts, coolant, *SPLIT, *alone)
    for plane in field.planes.values():
        assert plane.values == pytest.approx(plane.values[::-1], abs=1e-3, nan_ok=True)
    base = solved(parts, coolant, *alone).planes["base"].values
    assert np.abs(base - base[::-1]).max() > 0.1  # end to end, the coolant warms on its way


MAP = "share: 0.45, map: {rescale: true, blocks: [{at: [%s mm, 0 mm], width: 2 mm, length: 10 mm, power: 1 W}]}}"


def test_mirrored_maps_mirror_the_field(parts: Parts, coolant: CoolantTable) -> None:
    def mapped(left: float, right: float) -> PlateField:
        chip = "{name: %s, at: [%s mm, 0 mm], width: 8 mm, length: 10 mm, conductivity: 120 W/(m*K), "
        changes = [
            (chip % each + "share: 0.45}", chip % each + MAP % at)
            for each, at in ((("left", "-5"), left), (("right", "5"), right))
        ]
        return solved(parts, coolant, *changes)

    one, other = mapped(2.0, 3.0), mapped(-3.0, -2.0)
    junction = one.planes["junction"].values
    assert junction == pytest.approx(other.planes["junction"].values[:, ::-1], abs=1e-3, nan_ok=True)
    assert np.nanmax(np.abs(junction - other.planes["junction"].values)) > 1.0
    assert one.devices[0].chips["left"].max == pytest.approx(other.devices[0].chips["right"].max, abs=1e-4)
    assert one.devices[0].hot_spot[0] == pytest.approx(32e-3 - other.devices[0].hot_spot[0], abs=1e-9)


def test_responses_add_up_to_the_field(parts: Parts, coolant: CoolantTable) -> None:
    plate, package = parts(("width: 32 mm", "width: 60 mm"), ("count: 60", "count: 120"))
    powers = [POWER, 0.3 * POWER]
    model = PlateModel("plate", plate, [package, package], resolution=COARSE)
    field = model.solve(FLOW, INLET, powers, coolant)
    units = model.responses(FLOW, INLET, powers, coolant)
    summed = INLET + sum(
        power * unit.planes["junction"].values.astype(float) for power, unit in zip(powers, units, strict=True)
    )
    assert summed == pytest.approx(field.planes["junction"].values, abs=1e-4, nan_ok=True)  # single precision
    for n, device in enumerate(field.devices):
        mean = INLET + sum(p * unit.devices[n].junction_mean for p, unit in zip(powers, units, strict=True))
        assert mean == pytest.approx(device.junction_mean, abs=1e-6)
        assert mean - 0.01 * powers[n] * units[n].devices[n].junction_mean != pytest.approx(
            device.junction_mean, abs=0.1
        )
    assert units[0].devices[1].junction_mean > 0.0
    assert units[0].devices[0].junction_mean > 3.0 * units[0].devices[1].junction_mean


def test_junction_warms_as_interfaces_get_worse(parts: Parts, coolant: CoolantTable) -> None:
    base = solved(parts, coolant).devices[0]
    tim1 = solved(parts, coolant, ("thickness: 50 um", "thickness: 80 um")).devices[0]
    tim2 = solved(parts, coolant, ("0.1 cm2*K/W", "0.2 cm2*K/W")).devices[0]
    assert tim1.junction_mean > base.junction_mean + 1.0
    assert tim2.junction_mean > base.junction_mean + 1.0
    assert tim2.case_mean > base.case_mean + 1.0
    assert abs(tim1.case_mean - base.case_mean) < 0.5


def test_junction_counts_the_chips_it_should(parts: Parts, coolant: CoolantTable) -> None:
    device = solved(parts, coolant, ("share: 0.1", "share: 0.1")).devices[0]
    assert device.chips["hbm"].max > device.junction_max  # a poor conductor in a corner
    assert device.junction_max == max(device.chips["left"].max, device.chips["right"].max)
    counted = solved(parts, coolant, ("           junction: false", "           junction: true")).devices[0]
    assert counted.junction_max == pytest.approx(device.chips["hbm"].max, abs=0.2)


WHOLE = [
    ("count: 60", "count: 40"),
    ("length: 36 mm", "length: 20.02 mm"),
    ("width: 32 mm", "width: 16 mm"),
    ("plenum: {length: 4 mm}", "plenum: {length: 0.01 mm}"),
    ("length: 22 mm", "length: 20.02 mm"),
    ("width: 24 mm", "width: 16 mm"),
    ("      substrate: {thickness: 1 mm, conductivity: 0.8 W/(m*K)}\n", ""),
    ("at: [-5 mm, 0 mm], width: 8 mm, length: 10 mm", "at: [0 mm, 0 mm], width: 16 mm, length: 20.02 mm"),
    ("share: 0.45}\n        - {name: right", "share: 1}\n      #  - {name: right"),
    ("        - {name: hbm", "      #  - {name: hbm"),
    ("           junction: false}\n", ""),
]


def chain(h: float) -> float:
    """Resistance from junction to coolant, layer by layer, of a chip as large as its plate [K/W]."""
    area = 16e-3 * 20.02e-3
    solids = 0.6e-3 / 120.0 + 50e-6 / 5.0 + 1.5e-3 / 385.0 + 1e-5 + 1.5e-3 / 385.0
    k, a = 385.0 * 0.5, 2.0 * h / 0.4e-3  # fins: half copper, two sides in each pitch
    m = sqrt(a / k)
    return (solids + 1.0 / (k * m * tanh(m * 2e-3))) / area


def test_a_chip_as_large_as_its_plate_is_a_chain_of_resistances(
    parts: Parts, coolant: CoolantTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One film everywhere and more coolant than warms: 0.1 % is what ten cells leave of the fins' cosine."""
    h = 2.0e4
    monkeypatch.setattr(model_module, "film_along", lambda *given: np.full((given[3].size - 1, given[5].size), h))
    monkeypatch.setattr(model_module, "planform_flow", _even_flow)
    plate, package = parts(*WHOLE)
    field = PlateModel("plate", plate, [package]).solve(1e6, INLET, [POWER], coolant)
    device = field.devices[0]
    rise = device.junction_mean - INLET
    assert rise == pytest.approx(POWER * chain(h), rel=1e-3)
    assert rise != pytest.approx(POWER * chain(1.01 * h), rel=1e-3)
    assert device.junction_max - device.junction_mean < 1e-3 * rise
    package_only = 0.6e-3 / 120.0 + 50e-6 / 5.0 + 1.5e-3 / 385.0
    across = POWER * package_only / (16e-3 * 20.02e-3)
    assert device.junction_mean - device.case_mean == pytest.approx(across, rel=1e-6)
    base = POWER * 1.5e-3 / 385.0 / (16e-3 * 20.02e-3)
    means = {name: float(plane.values.astype(float).mean()) for name, plane in field.planes.items()}
    assert means["base"] - means["fin_root"] == pytest.approx(base, abs=1e-4)
    assert means["case"] - means["base"] == pytest.approx(POWER * 1e-5 / (16e-3 * 20.02e-3), abs=1e-4)


class _even_flow:
    """The same flow in every column."""

    pressure_drop = 1.0

    def __init__(self, _channels: object, _body: object, _m: float, _rho: float, _mu: float, faces: np.ndarray) -> None:
        self.share = np.diff(faces) / (faces[-1] - faces[0])
        self.velocity = np.ones(self.share.shape)


def test_substrate_takes_its_part_of_the_face(parts: Parts, coolant: CoolantTable) -> None:
    """The active face is warmer than the cells on both of its sides, between which its heat divides."""
    plate, package = parts()
    model = PlateModel("plate", plate, [package], resolution=COARSE)
    field = model.solve(FLOW, INLET, [POWER], coolant, volumes=True)
    assert field.volume is not None
    above = int(np.searchsorted(field.grid.faces.z, 1e-3 - 1e-9))
    junction = field.planes["junction"].values
    x, y = (int(np.searchsorted(row, at)) for row, at in ((field.grid.centres.x, 11e-3), (field.grid.centres.y, 18e-3)))
    assert junction[y, x] > field.volume[above, y, x] > field.volume[above + 1, y, x]
    assert junction[y, x] > field.volume[above - 1, y, x] + 1e-3


def test_more_flow_cools_and_costs_pressure(parts: Parts, coolant: CoolantTable) -> None:
    slow, fast = solved(parts, coolant, flow=0.5 * FLOW), solved(parts, coolant, flow=FLOW)
    assert fast.devices[0].junction_mean < slow.devices[0].junction_mean - 0.3
    assert fast.pressure_drop > 2.0 * slow.pressure_drop
    plate, package = parts()
    mean = 0.5 * (fast.inlet + fast.outlet)
    drop = PlateModel("plate", plate, [package], resolution=COARSE).pressure_drop(FLOW, mean, coolant)
    assert drop == pytest.approx(fast.pressure_drop, rel=1e-4)


def test_without_heat_all_is_at_the_inlet(parts: Parts, coolant: CoolantTable) -> None:
    plate, package = parts()
    model = PlateModel("plate", plate, [package], resolution=COARSE)
    for flow in (0.0, FLOW):
        field = model.solve(flow, INLET, [0.0], coolant, volumes=True)
        assert field.devices[0].junction_max == field.outlet == INLET
        assert (field.pressure_drop > 0.0) == (flow > 0.0)
        assert field.volume is not None
        assert (field.volume == np.float32(INLET)).all()


def test_no_flow_through_a_heated_plate_is_refused(parts: Parts, coolant: CoolantTable) -> None:
    plate, package = parts()
    model = PlateModel("compute[1]/plate[2]", plate, [package], resolution=COARSE)
    with pytest.raises(
        OperatingRangeError, match=r"^compute\[1\]/plate\[2\]: no coolant flows .* 200 W, .* open its circuit"
    ):
        model.solve(0.0, INLET, [POWER], coolant)
    with pytest.raises(OperatingRangeError, match="no coolant flows"):
        model.responses(0.0, INLET, [0.0], coolant)


@pytest.mark.parametrize(
    ("flow", "powers", "message"),
    [
        (-FLOW, [POWER], "mass flow of -0.0166667 kg/s is not possible"),
        (float("nan"), [POWER], "mass flow of nan"),
        (FLOW, [-1.0], "powers of -1 W"),
        (FLOW, [float("inf")], "powers of inf W"),
        (FLOW, [POWER, POWER], "2 powers for 1 devices"),
        (1e-4, [POWER], "the coolant is known from"),
    ],
)
def test_operating_points_without_meaning_are_refused(
    parts: Parts, coolant: CoolantTable, flow: float, powers: list[float], message: str
) -> None:
    plate, package = parts()
    model = PlateModel("plate", plate, [package], resolution=COARSE)
    with pytest.raises(OperatingRangeError, match=message):
        model.solve(flow, INLET, powers, coolant)


def test_a_plate_without_a_body_is_refused(parts: Parts) -> None:
    plate, package = parts()
    with pytest.raises(InputError, match="the plate has no body"):
        PlateModel("plate", plate.model_copy(update={"body": None}), [package])
