"""Flow over a plate's plan against closed forms: even shares, ladder manifolds, symmetry and balance."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.coldplate import planform_network, plenum
from thermal.coldplate.planform import PlateShape, planform_flow, plate_flow, plate_shape
from thermal.coldplate.planform_network import ChannelLaw, PlenumLinks, channel_drops, solve_plenums
from thermal.coldplate.plenum import port_shares
from thermal.correlations.channels import channel_pressure_drop
from thermal.correlations.slot import slot_path
from thermal.errors import ConvergenceError, InputError, OperatingRangeError

RHO, MU, FLOW = 1014.5, 1.37e-3, 0.0375
PLATE = PlateShape(300, 75e-6, 3e-3, 40e-3, 0.5, 1.0, False, 6e-3, 3e-3, 3e-3, 6e-3, 8.0)
CENTRE = PLATE._replace(split=True)
FACES = np.linspace(0.0, 45e-3, 46)
Floats = NDArray[np.float64]


def alone(shape: PlateShape, flow: float = FLOW, loss: float = 1.5) -> float:
    """Pressure drop of a plate's channels, evenly fed."""
    return channel_pressure_drop(
        flow, shape.number, shape.width, shape.height, shape.length, loss, shape.split, RHO, MU
    )[0]  # fmt: skip


def roomy(shape: PlateShape) -> PlateShape:
    """All resistance in the fins."""
    return shape._replace(plenum_height=0.5, plenum_length=0.1, slot=0.2, port_loss=0.0)


@pytest.mark.parametrize("shape", [PLATE, CENTRE])
def test_with_all_resistance_in_the_fins_it_is_that_of_the_channels(shape: PlateShape) -> None:
    flow = plate_flow(roomy(shape), FLOW, RHO, MU, FACES)
    assert flow.pressure_drop == pytest.approx(alone(shape), rel=1e-6)
    assert flow.pressure_drop != pytest.approx(alone(shape, loss=1.5 * 1.01), rel=1e-6)
    np.testing.assert_allclose(flow.share, 1.0 / 45, rtol=1e-6)
    assert flow.imbalance < 1e-12
    velocity = FLOW / RHO / (300 * (2 if shape.split else 1) * 75e-6 * 3e-3)
    np.testing.assert_allclose(flow.velocity, velocity, rtol=1e-6)
    assert flow.reynolds == pytest.approx(RHO * velocity * 2.0 * 75e-6 * 3e-3 / (75e-6 + 3e-3) / MU, rel=1e-6)


def test_shares_follow_the_width_of_the_columns() -> None:
    faces = 45e-3 * np.linspace(0.0, 1.0, 20) ** 1.5
    shares = plate_flow(roomy(PLATE), FLOW, RHO, MU, faces).share
    np.testing.assert_allclose(shares, np.diff(faces) / 45e-3, rtol=1e-6)


def test_the_drop_is_the_sum_of_its_parts() -> None:
    for shape in (PLATE, CENTRE):
        flow = plate_flow(shape, FLOW, RHO, MU, FACES)
        assert sum(flow.parts.values()) == pytest.approx(flow.pressure_drop, rel=1e-11)
        assert all(part > 0.0 for part in flow.parts.values())
        head = 0.5 * FLOW**2 / RHO / (0.25 * math.pi * 6e-3**2) ** 2
        assert flow.parts["ports"] == pytest.approx(8.0 * head, rel=1e-12)
        mouths = 0.5 * 1.5 * RHO * float((flow.share * flow.velocity**2).sum())
        assert flow.parts["mouths"] == pytest.approx(mouths, rel=1e-12)


@pytest.mark.parametrize("shape", [PLATE, CENTRE])
@pytest.mark.parametrize("mass_flow", [1e-6, 1e-3, FLOW, 0.2])
def test_mass_is_conserved_at_any_flow(shape: PlateShape, mass_flow: float) -> None:
    flow = plate_flow(shape._replace(plenum_height=1e-3), mass_flow, RHO, MU, FACES)
    assert flow.share.sum() == pytest.approx(1.0, abs=1e-12)
    assert flow.imbalance < 1e-12
    assert len(flow.history) < 12


@pytest.mark.parametrize("shape", [PLATE, CENTRE])
def test_a_plate_is_mirrored(shape: PlateShape) -> None:
    narrow = shape._replace(plenum_height=0.5e-3)
    share = plate_flow(narrow, FLOW, RHO, MU, FACES).share
    np.testing.assert_allclose(share, share[::-1], rtol=1e-9)
    assert share.max() > 1.2 * share.min()
    uneven = 45e-3 * np.linspace(0.0, 1.0, 46) ** 1.5
    left, right = (plate_flow(narrow, FLOW, RHO, MU, faces).share for faces in (uneven, 45e-3 - uneven[::-1]))
    np.testing.assert_allclose(left, right[::-1], rtol=1e-9)
    assert not np.allclose(left, left[::-1], rtol=1e-3)


def test_two_halves_are_a_split_plate() -> None:
    """A slot of two plenum lengths, cut in its middle, against a plate of half the length fed there; no momentum."""
    half = PLATE._replace(length=20e-3, port_diameter=3e-3, plenum_length=4e-3, port_loss=0.0)
    whole = half._replace(split=True, length=40e-3, slot=8e-3)
    shares = [
        plate_flow(shape, flow, RHO, MU, FACES, momentum=None).share
        for shape, flow in ((half, FLOW), (whole, 2.0 * FLOW))
    ]
    np.testing.assert_allclose(shares[0], shares[1], rtol=0.01)  # the port lies half a plenum nearer


# ------------------------------------------------------------------------------------------------- ladder manifolds


def ladder(columns: int, header: float, branch: float) -> PlenumLinks:
    """One row in each plenum; the channels' resistance is matched by `branch` in the middle links."""
    entering = np.zeros((columns, 2))
    return PlenumLinks(
        linear_x=np.full((columns - 1, 2), header),
        quadratic_x=np.zeros((columns - 1, 2)),
        linear_y=np.full((columns, 1), branch),
        quadratic_y=np.zeros((columns, 1)),
        channels=np.ones(columns),
        entering=entering,
    )


WIDE = ChannelLaw(0.1, 0.1, 1.0, 0.0, 1000.0, 1e-9)  # channels that resist next to nothing


def ladder_flows(header: float, *, reverse: bool = False) -> Floats:
    links = ladder(10, header, 1e8)
    links.entering[0, 0] = 1.0
    links.entering[-1 if reverse else 0, 1] = -1.0
    return solve_plenums(links, WIDE, 1.0).flow_y[:, 0]


def test_ports_at_the_same_end_make_a_cosh_of_the_distance() -> None:
    """q_k ∝ cosh((N − k + ½)μ), cosh μ = 1 + R_header/R_branch."""
    mu = math.acosh(1.0 + 2e6 / 1e8)
    exact = np.cosh((10 - np.arange(1, 11) + 0.5) * mu)
    np.testing.assert_allclose(ladder_flows(2e6), exact / exact.sum(), rtol=1e-10)
    assert not np.allclose(ladder_flows(1.01 * 2e6), exact / exact.sum(), rtol=1e-4)


def test_ports_at_opposite_ends_make_it_even_about_the_middle() -> None:
    """q_k ∝ cosh((k − (N + 1)/2)μ), the same μ."""
    mu = math.acosh(1.0 + 2e6 / 1e8)
    exact = np.cosh((np.arange(1, 11) - 5.5) * mu)
    np.testing.assert_allclose(ladder_flows(2e6, reverse=True), exact / exact.sum(), rtol=1e-10)
    assert not np.allclose(ladder_flows(1.01 * 2e6, reverse=True), exact / exact.sum(), rtol=1e-4)


def narrow_plate(columns: int, *, height: float = 0.5e-3) -> tuple[Floats, Floats]:
    """Shares of a plate with narrow plenums and slow flow, and cosh(√(2 r g)(W/2 − x)), x from the ports."""
    shape = PLATE._replace(plenum_height=0.5e-3, plenum_length=2e-3, port_diameter=0.1e-3, port_loss=0.0)
    faces = np.linspace(0.0, 45e-3, columns + 1)
    slow = 1e-9
    share = plate_flow(shape, slow, RHO, MU, faces, rows=1, momentum=None).share
    Dh = 2.0 * 2e-3 * height / (2e-3 + height)
    alpha = height / 2e-3
    f_Re = 24.0 * (1 - 1.3553 * alpha + 1.9467 * alpha**2 - 1.7012 * alpha**3 + 0.9564 * alpha**4 - 0.2537 * alpha**5)
    r = 2.0 * f_Re * MU / (Dh**2 * RHO * 2e-3 * height)  # of a plenum, per metre
    mouths = 2.0 * 0.5 * 12.0 * MU / height**2 * 2e-3 / (RHO * height)  # of both, times width
    g = 1.0 / (alone(shape, slow) / slow * 45e-3 + mouths)  # of the channels, per metre
    k = math.sqrt(2.0 * r * g)
    ends = np.sinh(k * (22.5e-3 - np.abs(faces - 22.5e-3)))
    middle = columns // 2  # the column with the ports
    exact = np.abs(np.diff(ends))
    exact[middle] = 2.0 * math.sinh(k * 22.5e-3) - ends[middle] - ends[middle + 1]
    return share, exact / exact.sum()


def test_a_narrow_plenum_starves_the_columns_far_from_the_ports() -> None:
    """Towards the continuum's cosh at second order; the column with the ports, where it has its cusp, at first."""
    errors = []
    for columns in (15, 45, 135):
        share, exact = narrow_plate(columns)
        assert share.max() > 1.5 * share.min()
        error = np.abs(share / exact - 1.0)
        assert error[columns // 2] < 0.4 / columns
        errors.append(float(np.delete(error, columns // 2).max()))
    assert errors[2] < 1e-4
    assert errors[0] > 7.0 * errors[1]
    share, off = narrow_plate(135, height=1.01 * 0.5e-3)
    assert np.abs(share / off - 1.0).max() > 5e-3


# ------------------------------------------------------------------------------------------- drop over flow, refusals


def test_the_drop_rises_smoothly_with_flow() -> None:
    flows = np.geomspace(1e-5, 0.2, 60)
    shape = CENTRE._replace(plenum_height=1.5e-3)
    drops = np.array([plate_flow(shape, float(flow), RHO, MU, FACES).pressure_drop for flow in flows])
    assert (np.diff(drops) > 0.0).all()
    exponent = np.diff(np.log(drops)) / np.diff(np.log(flows))
    assert ((exponent > 0.999) & (exponent < 2.0)).all()
    assert np.abs(np.diff(exponent)).max() < 0.05
    slower = plate_flow(shape, 1e-2 * float(flows[0]), RHO, MU, FACES).pressure_drop
    assert drops[0] == pytest.approx(1e2 * slower, rel=1e-3)  # linear towards zero


def test_rows_and_columns_of_the_grid_hardly_matter() -> None:
    drops = [
        plate_flow(CENTRE, FLOW, RHO, MU, np.linspace(0.0, 45e-3, columns + 1), rows=rows, momentum=None).pressure_drop
        for columns, rows in ((30, 4), (60, 8), (240, 32))
    ]
    np.testing.assert_allclose(drops, drops[-1], rtol=3e-4)


def test_one_column_is_enough_to_begin_with() -> None:
    flow = plate_flow(PLATE, FLOW, RHO, MU, np.array([0.0, 45e-3]))
    np.testing.assert_allclose(flow.share, [1.0], rtol=1e-12)
    assert flow.pressure_drop > alone(PLATE)


@pytest.mark.parametrize("mass_flow", [0.0, -1e-3, float("nan")])
def test_no_flow_is_refused_with_the_remedy(mass_flow: float) -> None:
    with pytest.raises(
        OperatingRangeError, match=r"plate_flow: mass flow .* kg/s: .* give the plate a flow above zero"
    ):
        plate_flow(PLATE, mass_flow, RHO, MU, FACES)


def test_all_that_is_wrong_is_told_at_once() -> None:
    bad = PLATE._replace(width=0.0, port_loss=-1.0)
    with pytest.raises(InputError) as caught:
        plate_flow(bad, FLOW, RHO, float("inf"), FACES)
    assert {problem.path for problem in caught.value.problems} == {"width", "port_loss", "mu"}
    with pytest.raises(InputError, match="two or more faces that rise"):
        plate_flow(PLATE, FLOW, RHO, MU, FACES[::-1])


def test_mouths_of_a_closure_may_give_back_some_of_the_friction() -> None:
    fitted = roomy(PLATE)._replace(friction=(22.0, 1.0, 1e-4))
    Dh = 2.0 * fitted.width * fitted.height / (fitted.width + fitted.height)
    speed = FLOW / (RHO * fitted.number * fitted.width * fitted.height)
    drops = [plate_flow(fitted._replace(laminar_loss=K), FLOW, RHO, MU, FACES).pressure_drop for K in (0.0, -20.0)]
    assert drops[0] - drops[1] == pytest.approx(0.5 * 20.0 * MU * speed / Dh, rel=1e-5)
    most = -4.0 * 22.0 * fitted.length / Dh  # all of the friction of slow flow
    for loss in (1.001 * most, float("nan")):
        with pytest.raises(InputError, match=r"laminar_loss: .*; give one that leaves some of the channels' friction"):
            plate_flow(fitted._replace(laminar_loss=loss), FLOW, RHO, MU, FACES)


def test_a_solution_that_does_not_come_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planform_network, "STEPS", 2)
    with pytest.raises(ConvergenceError, match=r"plate's plenums .* column \d+ of 45.*body.plenum.height") as caught:
        plate_flow(PLATE, FLOW, RHO, MU, FACES)
    assert len(caught.value.history) == 2


# ------------------------------------------------------------------------------------------------------------- pieces


def test_a_port_lets_in_by_the_area_of_its_disc() -> None:
    columns = np.linspace(0.0, 10.0, 41)
    shares = port_shares(5.0, 3.0, 6.0, 4.0, columns, 24)
    assert shares.sum() == pytest.approx(1.0, abs=1e-14)
    x, y = 0.5 * (columns[1:] + columns[:-1]) - 5.0, (np.arange(24) + 0.5) * 0.25 - 3.0
    inside = np.hypot(*np.meshgrid(np.abs(x) + 0.125, np.abs(y) + 0.125, indexing="ij")) < 2.0
    np.testing.assert_allclose(shares[inside], 0.0625 / (4.0 * math.pi), rtol=2e-3)
    np.testing.assert_allclose(port_shares(0.0, 0.0, 6.0, 4.0, columns, 24)[8:].sum(), 0.0, atol=1e-15)
    cut = port_shares(5.0, 0.0, 6.0, 4.0, columns, 24)  # half a disc
    np.testing.assert_allclose(cut[:, :12], 2.0 * shares[:, 12:], atol=1e-4)


def test_a_port_wider_than_the_plenum_is_cut_off_by_it() -> None:
    shares = port_shares(1.0, 0.5, 1.0, 4.0, np.array([0.0, 2.0]), 4)
    np.testing.assert_allclose(shares.sum(), 1.0, rtol=1e-14)
    assert (shares > 0.0).all()


def test_friction_of_a_plenum() -> None:
    """A long plenum of a small gap: 12 μ/H² in both directions, and the quadratic term 2 f ρ/Dh."""
    space = plenum.plenum(1.0, 1.0, 1e-4, np.linspace(0.0, 1.0, 11), 10, RHO, MU)
    per_flow = 12.0 * MU / 1e-8 * 0.1 / (RHO * 1e-5)
    np.testing.assert_allclose(space.across[0], per_flow, rtol=1e-3)
    np.testing.assert_allclose(space.along[0], per_flow, rtol=1e-12)
    np.testing.assert_allclose(space.mouth[0], 0.5 * per_flow, rtol=1e-12)
    np.testing.assert_allclose(space.along[1], 0.01 / 1e-4 * RHO * 0.1 / (RHO * 1e-5) ** 2, rtol=1e-12)
    np.testing.assert_allclose(space.across[2], 1e-5, rtol=1e-12)


def test_the_kernel_is_plain_python_too() -> None:
    flow, channels, law = np.array([1e-3, 2e-3]), np.array([3.0, 5.5]), (75e-6, 3e-3, 40e-3, 1.5, RHO, MU)
    np.testing.assert_allclose(channel_drops(flow, channels, *law), channel_drops.py_func(flow, channels, *law))


def test_a_plate_of_a_rack_file() -> None:
    channels: Any = SimpleNamespace(
        count=300,
        width=75e-6,
        height=3e-3,
        length=40e-3,
        inlet_loss=0.5,
        outlet_loss=1.0,
        split="centre",
        closure=None,
    )
    port = SimpleNamespace(diameter=6e-3, loss_coefficient=8.0)
    body: Any = SimpleNamespace(plenum=SimpleNamespace(length=6e-3, height=None), slot=3e-3, port=port)
    shape = CENTRE._replace(path=slot_path(20e-3, 3e-3, 3e-3))
    assert plate_shape(channels, body) == shape
    drop = planform_flow(channels, body, FLOW, RHO, MU, FACES).pressure_drop
    assert drop == pytest.approx(plate_flow(shape, FLOW, RHO, MU, FACES).pressure_drop)
    assert drop > plate_flow(CENTRE, FLOW, RHO, MU, FACES).pressure_drop  # a narrow slot lengthens the path
    body.slot = None
    with pytest.raises(InputError, match="without a slot"):
        plate_shape(channels, cast(Any, body))
    channels.split = "end_to_end"
    assert not plate_shape(channels, body).split
