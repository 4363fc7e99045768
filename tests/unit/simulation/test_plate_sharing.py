"""How few solves make up the fields of many plates, and how that is checked; on a field known in closed form."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from thermal.coldplate.field import ChipTemperature, DeviceField, Plane, PlateField
from thermal.errors import ConvergenceError
from thermal.results.channel_flow import ChannelFlow
from thermal.simulation import plate_pool
from thermal.simulation.plate_blend import blend, coordinates, difference, reach, weights
from thermal.simulation.plate_pool import all_done
from thermal.simulation.plate_sharing import Group, solve_groups

Law = Callable[[float, float], float]
FLUID: Any = SimpleNamespace()


def smooth(m: float, T: float) -> float:
    """Rise of a plate with a developing film, whose conductivity grows with temperature [K]."""
    return 10.0 + 0.02 / m + 0.3 * m**-0.4 * (1.0 - 0.002 * (T - 313.0))


def wild(m: float, T: float) -> float:
    """A rise that no polynomial of few terms follows [K]."""
    return 30.0 + float(np.sin(4000.0 * m))


def a_field(m: float, T: float, rise: float) -> PlateField:
    plane = Plane(0.0, np.arange(3.0), np.arange(2.0), np.array([[T + rise, T + 0.5 * rise]], np.float32))
    hole = Plane(0.0, np.arange(3.0), np.arange(2.0), np.array([[T + rise, np.nan]], np.float32))
    chips = {"die": ChipTemperature(T + rise, T + 0.9 * rise)}
    device = DeviceField(1400.0, T + rise, T + 0.9 * rise, T + 0.3 * rise, T + 0.4 * rise, chips, (0.0, 0.0))
    empty: Any = None
    planes = {"base": plane, "junction": hole}
    return PlateField((device,), T, T + 0.1 * rise, 1.0e4, 1400.0, 0.0, 9, 2, empty, planes)


class FakeModel:
    """A model whose field follows a law."""

    cells = 2

    def __init__(self, law: Law) -> None:
        self.law, self.solved, self.lock = law, list[tuple[float, float]](), threading.Lock()

    def solve(self, m: float, T: float, powers: Sequence[float], fluid: Any, *, volumes: bool) -> PlateField:
        with self.lock:
            self.solved.append((m, T))
        return a_field(m, T, self.law(m, T))


def group(law: Law, m: Sequence[float], T: Sequence[float]) -> Group:
    model: Any = FakeModel(law)
    return Group(model, (1400.0,), np.array(m), np.array(T))


def silent(done: int, of: int) -> None:
    pass


def test_weights_reproduce_polynomials() -> None:
    """Three nodes in a row give every square of 1/ṁ back; with one weight off by 1 % they do not."""
    places = coordinates(np.array([0.02, 0.024, 0.03, 0.027]), np.full(4, 313.0))
    w = weights(places[:3], places[3])
    assert w.sum() == pytest.approx(1.0, abs=1e-12)
    x = places[:, 0]
    for law in (lambda x: 2.0 + 3.0 * x, lambda x: 1.0 - x + 1.0e6 * x * x):
        assert w @ law(x[:3]) == pytest.approx(law(x[3]), abs=1e-5)
        assert (w * [1.01, 1.0, 1.0]) @ law(x[:3]) != pytest.approx(law(x[3]), abs=1e-3)  # the check can fail


def test_weights_follow_flow_and_inlet_at_once() -> None:
    m, T = np.array([0.02, 0.024, 0.022, 0.021]), np.array([313.0, 313.5, 316.0, 314.0])
    places = coordinates(m, T)
    w = weights(places[:3], places[3])
    rise = 5.0 + 0.5 / m + 0.01 * T
    assert w @ rise[:3] == pytest.approx(rise[3], abs=1e-5)


def test_a_node_is_itself() -> None:
    places = coordinates(np.array([0.02, 0.024, 0.03]), np.array([313.0, 313.0, 314.0]))
    np.testing.assert_allclose(weights(places, places[1]), [0.0, 1.0, 0.0], atol=1e-6)
    assert reach(places, places[1]) < 1e-10
    assert reach(places[:2], places[2]) > 1e-9


def test_few_solves_give_all_fields() -> None:
    m = np.linspace(0.0235, 0.0245, 40)
    T = 313.0 + np.linspace(0.0, 0.4, 40) ** 2
    one = group(smooth, m.tolist(), T.tolist())
    solve_groups([one], FLUID, everything=False, progress=silent)
    assert len(one.solved) == 3
    assert one.error is not None
    assert one.error < 0.01
    for point in range(40):
        expected = a_field(m[point], T[point], smooth(m[point], T[point]))
        assert difference(one.field(point), expected) < 1e-3
        assert one.field(point).inlet == T[point]


def test_two_clusters_of_inlets_are_followed() -> None:
    """Plates one behind the other: two inlets 8 K apart, in one group."""
    m = np.concatenate([np.linspace(0.02, 0.022, 15)] * 2)
    T = np.concatenate([np.full(15, 313.0), np.full(15, 321.0)])
    one = group(smooth, m.tolist(), T.tolist())
    solve_groups([one], FLUID, everything=False, progress=silent)
    assert len(one.solved) <= 6
    for point in range(30):
        expected = a_field(m[point], T[point], smooth(m[point], T[point]))
        assert difference(one.field(point), expected) < 0.01


def test_a_field_that_cannot_be_interpolated_is_solved_more_often() -> None:
    m = np.linspace(0.02, 0.025, 12)
    one = group(wild, m.tolist(), [313.0] * 12)
    solve_groups([one], FLUID, everything=False, progress=silent)
    assert len(one.solved) > 6
    for point in range(12):
        expected = a_field(m[point], 313.0, wild(m[point], 313.0))
        assert difference(one.field(point), expected) < 0.1


def test_brute_force_solves_each_point_once() -> None:
    one = group(smooth, np.linspace(0.02, 0.03, 9).tolist(), [313.0] * 9)
    solve_groups([one], FLUID, everything=True, progress=silent)
    model: Any = one.model
    assert sorted(model.solved) == sorted(zip(one.mass_flow.tolist(), one.inlet.tolist(), strict=True))
    assert one.error is None


@pytest.mark.parametrize("count", [1, 2, 3])
def test_up_to_three_points_are_all_solved(count: int) -> None:
    one = group(smooth, np.linspace(0.02, 0.03, count).tolist(), [313.0] * count)
    solve_groups([one], FLUID, everything=False, progress=silent)
    assert len(one.solved) == count
    assert one.error is None


def test_progress_grows_when_more_is_needed() -> None:
    told: list[tuple[int, int]] = []
    groups = [group(wild, np.linspace(0.02, 0.025, 6).tolist(), [313.0] * 6), group(smooth, [0.02, 0.021], [313.0] * 2)]
    solve_groups(groups, FLUID, everything=False, progress=lambda done, of: told.append((done, of)))
    assert [done for done, _ in told] == list(range(1, len(told) + 1))
    assert told[0][1] == 5
    assert told[-1] == (8, 8)


def test_which_points_are_solved_does_not_depend_on_who_is_first() -> None:
    chosen = []
    for _ in range(5):
        one = group(wild, np.linspace(0.02, 0.025, 9).tolist(), [313.0] * 9)
        solve_groups([one, one], FLUID, everything=False, progress=silent)
        chosen.append(list(one.solved))
    assert len({tuple(points) for points in chosen}) == 1


def test_an_error_of_one_plate_ends_the_run() -> None:
    def fails(m: float, T: float) -> float:
        what = "the field"
        raise ConvergenceError(what, [1.0], "plate", "none")

    with pytest.raises(ConvergenceError, match="the field did not converge"):
        solve_groups([group(fails, [0.02, 0.03, 0.04], [313.0] * 3)], FLUID, everything=False, progress=silent)


def test_tasks_come_back_in_order_and_those_waiting_are_dropped() -> None:
    assert all_done([lambda: "a", lambda: "b", lambda: "c"], 10, lambda: None) == ["a", "b", "c"]
    begun: list[int] = []

    def failing(number: int) -> None:
        begun.append(number)
        if number == 0:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        all_done([lambda n=n: failing(n) for n in range(200)], 10**9, lambda: None)  # type: ignore[misc]
    assert len(begun) < 200


@pytest.mark.parametrize(("share", "together"), [(1.01, True), (0.99, False)])
def test_two_at_a_time_where_the_memory_holds_two(
    share: float, together: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tasks that wait for each other: they meet, or the first of them waits in vain."""
    meeting, cells = threading.Barrier(2), 1000
    monkeypatch.setattr(plate_pool.os, "cpu_count", lambda: 4)
    monkeypatch.setattr(plate_pool, "available_memory", lambda: share * 2 * plate_pool.BYTES_PER_CELL * cells)
    tasks = [lambda: meeting.wait(timeout=30.0 if together else 0.05)] * 2
    if together:
        assert sorted(all_done(tasks, cells, lambda: None)) == [0, 1]
    else:
        with pytest.raises(threading.BrokenBarrierError):
            all_done(tasks, cells, lambda: None)


def test_blending_keeps_holes_and_differences_see_a_twin() -> None:
    fields = [a_field(0.02, 313.0, 30.0), a_field(0.03, 314.0, 20.0)]
    mixed = blend(fields, np.array([0.5, 0.5]), 313.5)
    assert mixed.devices[0].junction_max == pytest.approx(313.5 + 25.0)
    assert mixed.outlet == pytest.approx(313.5 + 2.5)
    steeper = [fields[0], replace(fields[1], pressure_drop=3.0e4)]
    assert blend(steeper, np.array([0.25, 0.75]), 313.5).pressure_drop == pytest.approx(2.5e4)
    assert np.isnan(mixed.planes["junction"].values[0, 1])
    assert mixed.planes["base"].values.dtype == np.float32
    assert difference(mixed, a_field(0.024, 313.5, 25.0)) < 1e-4
    assert difference(mixed, a_field(0.024, 313.5, 25.25)) == pytest.approx(0.25, abs=1e-3)


def test_blending_mixes_the_flow_of_channels() -> None:
    faces = np.array([0.0, 0.01, 0.02])
    flows = [ChannelFlow(faces, np.array(share), np.array(share) * 3.0) for share in ([0.6, 0.4], [0.5, 0.5])]
    fields = [replace(a_field(0.02, 313.0, 30.0), channels=flow) for flow in flows]
    mixed = blend(fields, np.array([1.5, -0.5]), 313.0).channels
    assert mixed is not None
    np.testing.assert_allclose(mixed.share, [0.65, 0.35], rtol=1e-12)
    np.testing.assert_allclose(mixed.velocity, [1.95, 1.05], rtol=1e-12)
    assert blend([fields[0], replace(fields[1], channels=None)], np.array([0.5, 0.5]), 313.0).channels is None
