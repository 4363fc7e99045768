from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.views import chart_samples as samples
from thermal.views.chart.bars import bars_of
from thermal.views.chart.lines import lines_of
from thermal.views.chart.model import Chart, Series


def test_each_step_of_a_waterfall_starts_where_the_last_one_ended() -> None:
    bars = bars_of(samples.waterfall())
    assert [(rod.start, rod.end) for rod in bars.rods] == [(30.0, 40.0), (40.0, 55.0), (55.0, 85.0), (30.0, 85.0)]
    assert [rod.text for rod in bars.rods] == ["40.0 °C", "+15.0 K", "+30.0 K", "85.0 °C"]
    assert bars.links == [(0.0, 1.0, 40.0), (1.0, 2.0, 55.0), (2.0, 3.0, 85.0)]


def test_a_value_is_written_clear_of_the_limit() -> None:
    """85 °C under a limit of 87: the last step's value stands below its bar, the level's within its own."""
    *others, step, level = bars_of(samples.waterfall()).rods
    assert [(step.side, step.anchor), (level.side, level.anchor)] == [(-1, 55.0), (-1, 85.0)]
    assert all(rod.side == 1 for rod in others)
    far = bars_of(replace(samples.waterfall(), limit=120.0))
    assert all(rod.side == 1 for rod in far.rods)
    assert far.high > 120.0, "room for the name of the limit"


def test_a_waterfall_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the steps lead to 85, but the level 3 says 85\.85"):
        bars_of(samples.waterfall(last=85.0 * 1.01))


def test_steps_up_and_down_differ_by_sign_and_hatch_as_well_as_colour() -> None:
    steps = Series("s", [10.0, 5.0, -7.0, 0.0, 8.0])
    chart = Chart("w", "waterfall", "W", "USD", ["a", "more", "less", "none", "b"], [steps], [0, 4])
    bars = bars_of(chart)
    roles = [bars.roles[rod.role] for rod in bars.rods]
    assert [role.name for role in roles] == ["level", "adds", "takes away", "no change", "level"]
    assert [role.hatched for role in roles] == [False, False, True, False, False]
    assert [rod.text for rod in bars.rods] == ["$10.0", "+$5.0", "−$7.0", "$0.0", "$8.0"]
    assert bars.legend


def test_bars_beside_each_other_do_not_overlap_and_gaps_stay_gaps() -> None:
    bars = bars_of(samples.bars())
    assert len(bars.rods) == 5
    at_first = sorted(
        (rod.place - rod.breadth / 2, rod.place + rod.breadth / 2) for rod in bars.rods if abs(rod.place) < 0.5
    )
    assert at_first[0][1] <= at_first[1][0]
    assert bars.rods[0].spread == (1.0, 4.0)
    assert bars.rods[0].anchor == 4.0  # the text stands past the whisker
    assert bars.low < -3.0 < 22.0 < bars.high


def test_series_that_share_no_place_take_the_whole_breadth() -> None:
    chart = samples.bars(series=[Series("a", [1.0, None, None]), Series("b", [None, 2.0, 3.0])])
    assert {rod.place for rod in bars_of(chart).rods} == {0, 1, 2}


def test_parts_of_a_stack_add_up_and_small_ones_carry_no_text() -> None:
    bars = bars_of(samples.stack())
    parts = [rod for rod in bars.rods if rod.breadth]
    assert [(rod.start, rod.end) for rod in parts] == [(0.0, 30.0), (0.0, 60.0), (30.0, 30.5)]
    assert [rod.text for rod in parts] == ["$30.0", "$60.0", ""]
    assert [rod.text for rod in bars.rods if not rod.breadth] == ["$30.5", "$60.0"]


def test_ends_of_a_tornado_stand_on_their_side_of_the_base() -> None:
    bars = bars_of(samples.tornado())
    first = {rod.end: rod for rod in bars.rods if rod.place == 0}
    assert (first[90.0].side, first[130.0].side) == (-1, 1)
    second = [rod for rod in bars.rods if rod.place == 1]
    assert [rod.end for rod in second] == [120.0, 110.0]  # the longer first, so that the shorter is seen
    assert [rod.text for rod in second] == ["$120", ""]
    assert bars.datum == 100.0


@pytest.mark.parametrize("chart", [samples.bars(), samples.tornado(), samples.waterfall(), samples.stack()])
def test_all_bars_and_texts_lie_within_the_axis(chart: Chart) -> None:
    bars = bars_of(chart)
    for rod in bars.rods:
        assert bars.low <= min(rod.start, rod.end)
        assert max(rod.start, rod.end) <= bars.high
        if rod.text and rod.side:
            room = (bars.high - bars.low) * 0.05
            assert bars.low + room * (rod.side < 0) <= rod.anchor <= bars.high - room * (rod.side > 0)


def test_few_short_names_stand_upright_and_others_lie() -> None:
    assert not bars_of(samples.waterfall()).lying
    assert bars_of(samples.bars(categories=["a name that is too long to stand below", "cpu", "nic"])).lying
    many = [f"compute[{number}]" for number in range(30)]
    assert bars_of(samples.bars(categories=many, series=[Series("flow", [1.0] * 30)])).lying


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "../evil"}, "the name takes letters, digits and underscores only"),
        ({"series": [Series("one", [1.0])]}, "series 'one': 1 values for 3 places"),
        ({"series": [Series("one", [1.0, float("nan"), 2.0])]}, "series 'one': values that are not finite"),
        ({"series": []}, "there is no series"),
        ({"categories": [], "series": [Series("one", [])]}, "there is nothing along the axis"),
        ({"kind": "waterfall"}, "a waterfall takes one series, not 2"),
        ({"kind": "stack"}, "a stack takes no negative values"),
        ({"totals": [9]}, "a total lies outside the categories"),
        ({"base": float("inf")}, "base or abscissa that are not finite"),
    ],
)
def test_what_cannot_be_drawn_is_told(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match="chart ") as caught:
        bars_of(samples.bars(**changes))
    assert message in str(caught.value)


def test_everything_wrong_comes_at_once() -> None:
    with pytest.raises(ValueError, match=r"letters.*; there is no series"):
        bars_of(samples.bars(name="a b", series=[]))


def test_lines_skip_gaps_and_mark_the_operating_point_on_the_line() -> None:
    left, right = lines_of(samples.lines())
    assert (left.x, left.y) == ([1.0, 3.0], [0.04, 0.02])
    assert left.mark == (2.0, pytest.approx(0.03))
    assert right.mark is None  # beyond the line
    assert (left.right, right.right) == (False, True)
    assert left.color == right.color


def test_a_range_of_a_line_is_drawn_only_when_whole() -> None:
    chart = samples.lines()
    ranged = replace(chart, series=[Series("R", [1.0, 2.0, 3.0], [0.5, 1.0, 2.0], [2.0, 3.0, 4.0])])
    assert lines_of(ranged)[0].low == [0.5, 1.0, 2.0]
    holed = replace(chart, series=[Series("R", [1.0, 2.0, 3.0], [0.5, None, 2.0], [2.0, 3.0, 4.0])])
    assert lines_of(holed)[0].low == ()


def test_colours_that_come_a_second_time_are_hatched() -> None:
    series = [Series(f"s{number}", [1.0, 2.0, 3.0]) for number in range(9)]
    roles = bars_of(samples.bars(series=series)).roles
    assert len({(role.color, role.hatched) for role in roles}) == 9
    assert roles[8].color == roles[0].color
