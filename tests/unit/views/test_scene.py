"""Scenes show the numbers of the results where the layout puts them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.unit.views import scene_samples as samples
from thermal.errors import InputError
from thermal.rack.layout import Tube
from thermal.results.dataset import Results
from thermal.views.palette import MARGIN, rgb
from thermal.views.reports.scenes import heat_map
from thermal.views.scene import (
    common_coolant_scale,
    common_scale,
    difference_scene,
    margin_scene,
    rack_scene,
    tray_scene,
)
from thermal.views.scenes.model import Piece, Scene

RUN = samples.run()
PLATED = samples.run(fields=True)
HOT, COOLER = f"{samples.TRAY}/gpu[2]", f"{samples.TRAY}/gpu[1]"


def piece(scene: Scene, path: str, layer: str | None = None) -> Piece:
    found = [one for one in scene.pieces if one.path == path and layer in (None, one.layer)]
    assert len(found) == 1, [one.layer for one in found]
    return found[0]


SCENES = [
    rack_scene(RUN),
    rack_scene(PLATED),
    tray_scene(PLATED, samples.TRAY),
    margin_scene(RUN),
    difference_scene(samples.warmer(RUN, 2.0), RUN),
]


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_is_whole(scene: Scene) -> None:
    bars = {bar.key: bar for bar in scene.bars}
    assert 1 <= len(bars) == len(scene.bars) <= 2
    assert scene.title
    assert scene.subtitle
    assert scene.description.endswith(".")
    for one in scene.pieces:
        assert one.faces.max(initial=0) < len(one.points)
        assert np.isfinite(one.points).all()
        assert 0.0 < one.opacity <= 1.0
        if one.values is not None:
            assert len(one.values) == len(one.faces)
            assert np.isfinite(one.values).all()
            assert one.bar in bars
    for bar in scene.bars:
        assert bar.low < bar.high
        assert bar.title.endswith("]")


def test_a_package_shows_its_junction_and_a_device_without_one_is_grey() -> None:
    scene = rack_scene(RUN)
    assert set(piece(scene, HOT).values) == {88.5}
    nic = [one for one in scene.pieces if one.path == f"{samples.TRAY}/nic"]
    assert {(one.values is None, one.layer) for one in nic} == {(True, "devices without a number")}
    assert "1 device without such a number is grey." in scene.description


def test_the_hottest_device_is_labelled_on_its_top() -> None:
    scene = rack_scene(RUN)
    label, unit = scene.labels
    assert unit.text == "cooling unit unit"
    assert label.text == f"{HOT}\nhottest junction, closest to its limit\n88.5 °C, over it by 1.5 K"
    assert label.point == pytest.approx((0.33, 0.54, 0.106))
    assert (
        f"Hottest junction and closest to its limit: {HOT} at 88.5 °C against a limit of 87.0 °C" in scene.description
    )


@pytest.mark.parametrize("of", [rack_scene, lambda run: tray_scene(run, samples.TRAY)], ids=["rack", "tray"])
def test_the_device_that_decides_is_labelled_beside_a_hotter_one(of: Callable[[Results], Scene]) -> None:
    scene = of(samples.with_margins(RUN, [2.0, 16.5]))
    assert [label.text for label in scene.labels if not label.text.startswith("cooling unit")] == [
        f"{HOT}\nhottest junction 88.5 °C",
        f"{COOLER}\nclosest to its limit\n85.0 °C, 2.0 K to spare",
    ]
    assert f"Hottest junction: {HOT} at 88.5 °C" in scene.description
    assert f"Closest to its limit: {COOLER} at 85.0 °C against a limit of 87.0 °C, 2.0 K to spare." in scene.description


def test_without_any_limit_only_the_hottest_is_labelled() -> None:
    scene = rack_scene(samples.with_margins(RUN, [float("nan")] * 2))
    assert [label.text for label in scene.labels] == [f"{HOT}\nhottest junction 88.5 °C", "cooling unit unit"]
    assert "Closest" not in scene.description


def test_a_rack_that_shares_its_page_with_many_is_drawn_more_coarsely_but_whole() -> None:
    alone, crowded = (rack_scene(RUN, among=count) for count in (2, 3))
    faces = [sum(len(one.faces) for one in scene.pieces) for scene in (alone, crowded)]
    assert faces[1] < 0.7 * faces[0]
    assert {one.path for one in crowded.pieces} == {one.path for one in alone.pieces}
    assert crowded.labels == alone.labels


def test_the_text_of_a_device_is_plain_and_whole() -> None:
    text = piece(rack_scene(RUN), HOT).text
    assert "<b>B300</b>" in text  # escaped by whoever writes a page
    assert "junction 88.5 °C (limit 87.0 °C, over it by 1.5 K)" in text
    assert "1,400 W" in text


@pytest.mark.parametrize("turn", range(4))
def test_a_field_lies_on_its_package(turn: int) -> None:
    scene = rack_scene(samples.run(turn=turn, fields=True))
    one = piece(scene, f"{samples.TRAY}/gpu[1]")
    top = one.points[:, 2].max()
    assert top > 0.106
    over = one.points[one.points[:, 2] == top]
    size = (0.03, 0.04) if turn % 2 == 0 else (0.04, 0.03)
    assert one.values is not None
    assert set(one.values[12:].round(3)) == {70.0, 75.0, 80.0, 85.0}
    assert set(one.values[:12]) == {85.0}  # the package itself
    assert over[:, :2].max(axis=0) - over[:, :2].min(axis=0) == pytest.approx(size)
    hottest = one.points[one.faces[12:][one.values[12:] == one.values[12:].max()]].reshape(-1, 3).mean(axis=0)
    middle = np.array([0.2 + 0.5 * (0.06, 0.08)[turn % 2], 0.5 + 0.5 * (0.08, 0.06)[turn % 2]])
    ahead = (hottest[:2] - middle) @ np.array([np.cos(np.pi / 2 * turn), np.sin(np.pi / 2 * turn)])
    assert ahead > 0.005  # the hottest cell is on the plate's right, wherever that points now


def test_tubes_are_as_wide_as_the_root_of_their_flow() -> None:
    scene = rack_scene(RUN)

    def width(path: str) -> float:
        points = piece(scene, path).points
        end = points[points[:, 1] == points[:, 1].min()]
        return 2.0 * float(np.linalg.norm(end - end.mean(axis=0), axis=1).max())

    hose = piece(scene, "supply/hose").points
    assert np.ptp(hose[np.isclose(hose[:, 0], 0.8)][:, 1]) == pytest.approx(0.05, rel=1e-6)  # to scale at the largest
    assert width(f"{samples.TRAY}/hose") == pytest.approx(0.05 * np.sqrt(4.0 / 100.0), rel=1e-6)


def test_coolant_warms_along_its_tube_and_a_tube_without_flow_is_plain() -> None:
    scene = rack_scene(RUN)
    values = piece(scene, f"{samples.TRAY}/hose").values
    assert values is not None
    assert (values.min(), values.max()) == pytest.approx((40.0, 50.0))
    assert piece(scene, f"{samples.TRAY}/drain").values is None


def test_a_tray_holds_only_what_is_in_it() -> None:
    scene = tray_scene(RUN, samples.TRAY)
    assert {one.path.split("/")[0] for one in scene.pieces} == {samples.TRAY}


def test_a_given_scale_is_kept_and_a_wrong_one_refused() -> None:
    bar = rack_scene(RUN, (40.0, 90.0)).bars[0]
    assert (bar.low, bar.high) == (40.0, 90.0)
    with pytest.raises(InputError, match="90 to 40 is no scale"):
        rack_scene(RUN, (90.0, 40.0))


def test_runs_to_be_compared_share_one_scale() -> None:
    low, high = common_scale([RUN, samples.warmer(RUN, 30.0)])
    assert low <= 85.0
    assert high >= 118.5


def test_runs_to_be_compared_share_one_scale_of_the_coolant() -> None:
    columns = dict(RUN.branches.columns)
    columns["outlet_temperature"] = RUN.branches.numbers("outlet_temperature") + 20.0
    hot = replace(RUN, branches=type(RUN.branches)("branch", columns))
    scenes = [one for one in heat_map([RUN, hot]) if isinstance(one, Scene)]
    ends = [[(bar.low, bar.high) for bar in one.bars] for one in scenes]
    assert len(ends[0]) == 2
    assert ends[0] == ends[1]
    assert ends[0][1][1] >= 70.0
    assert common_coolant_scale([RUN]) == (40.0, 50.0)
    assert common_coolant_scale([replace(RUN, layout=None)]) is None


def test_what_hardly_differs_has_a_sensible_scale() -> None:
    columns = {**RUN.devices.columns, "junction_temperature": np.array([348.2, 348.3, np.nan])}
    bar = rack_scene(replace(RUN, devices=type(RUN.devices)("device", columns))).bars[0]
    assert bar.high - bar.low >= 10.0
    assert bar.low < 75.05 < 75.15 < bar.high


def test_a_quick_disconnect_is_told_from_its_hose_in_a_tray() -> None:
    path = f"{samples.TRAY}/qd"
    there = samples.layout()
    tubes = (*there.tubes, Tube(path, "coupling", "uqd", samples.TRAY, ((0.3, 0.7, 0.12), (0.3, 0.65, 0.12)), 0.01))
    results = replace(RUN, layout=replace(there, tubes=tubes).plain())
    collars = [one for one in tray_scene(results, samples.TRAY).pieces if one.path == path]
    assert len(collars) == 2
    assert np.ptp(collars[1].points[:, 0]) > 1.5 * np.ptp(collars[0].points[:, 0])
    assert len([one for one in rack_scene(results).pieces if one.path == path]) == 1


def test_memory_hotter_than_every_junction_is_told_beside_it() -> None:
    columns = {**RUN.devices.columns, "memory_temperature": np.array([np.nan, 91.5, np.nan]) + 273.15}
    scene = rack_scene(replace(RUN, devices=type(RUN.devices)("device", columns)))
    assert "hottest junction" in scene.labels[0].text
    assert "88.5" in scene.labels[0].text
    assert scene.labels[0].text.startswith(f"{HOT}\nmemory 91.5 °C (no limit checked)\n")
    assert f"Memory is hotter than every junction: 91.5 °C at {HOT}" in scene.description
    columns["memory_temperature"] = columns["memory_temperature"][[1, 0, 2]]
    texts = [label.text for label in rack_scene(replace(RUN, devices=type(RUN.devices)("device", columns))).labels]
    assert texts[-2] == f"{samples.TRAY}/gpu[1]\nhottest memory 91.5 °C (no limit checked)"
    columns["memory_temperature"] = columns["memory_temperature"] - 10.0
    cool = rack_scene(replace(RUN, devices=type(RUN.devices)("device", columns)))
    assert "emory" not in cool.description + "".join(label.text for label in cool.labels)


def test_margins_are_red_exactly_where_a_limit_is_crossed() -> None:
    scene = margin_scene(RUN)
    (bar,) = scene.bars
    assert bar.map == MARGIN
    assert bar.limit == 0.0
    assert "1 device over its limit" in scene.subtitle
    assert scene.labels[0].text == f"{HOT}\n−1.5 K"
    for path, is_red in ((HOT, True), (f"{samples.TRAY}/gpu[1]", False)):
        values = piece(scene, path).values
        assert values is not None
        red, green, blue = (int(part) for part in rgb(bar.map, (values[:1] - bar.low) / (bar.high - bar.low))[0])
        assert (red > 2 * max(green, blue)) == is_red
    assert all(one.values is None for one in scene.pieces if one.path == f"{samples.TRAY}/nic")


def test_a_difference_is_the_first_run_less_the_second() -> None:
    scene = difference_scene(samples.warmer(RUN, 2.0), RUN)
    values = piece(scene, HOT).values
    assert values is not None
    assert values == pytest.approx(2.0)
    assert scene.bars[0].low == -scene.bars[0].high
    hose = piece(scene, f"{samples.TRAY}/hose").values
    assert hose is not None
    assert np.abs(hose).max() == 0.0
    named = difference_scene(samples.warmer(RUN, 2.0), RUN, ("warm", "cold"))
    assert named.title.endswith("warm less cold")
    assert "warm: " in named.subtitle
    assert "less cold: " in named.subtitle
    assert "devices matched by path · all have a counterpart" in named.subtitle


def test_like_runs_have_no_largest_difference() -> None:
    scene = difference_scene(RUN, samples.warmer(RUN, 0.01))
    assert scene.labels == []
    assert "no difference" in scene.subtitle
    assert "No difference" in scene.description
    assert difference_scene(RUN, samples.warmer(RUN, 0.2)).labels


def test_devices_without_counterpart_are_counted() -> None:
    columns = {**RUN.devices.columns, "path": (f"{samples.TRAY}/gpu[1]", "b", "c")}
    other = replace(RUN, devices=type(RUN.devices)("device", columns))
    assert "2 of the first and 2 of the second without counterpart" in difference_scene(RUN, other).subtitle


def test_runs_of_two_racks_are_not_subtracted() -> None:
    other = replace(RUN, summary={**RUN.summary, "rack": "another"})
    with pytest.raises(InputError, match="compare runs of one rack"):
        difference_scene(RUN, other)


def test_runs_without_a_common_device_have_no_difference() -> None:
    columns = {**RUN.devices.columns, "path": ("a", "b", "c")}
    other = replace(RUN, devices=type(RUN.devices)("device", columns))
    with pytest.raises(InputError, match="no device in common"):
        difference_scene(RUN, other)


@pytest.mark.parametrize(
    ("results", "message"),
    [
        (replace(RUN, layout=None), "does not hold where its parts stand"),
        (replace(RUN, layout={"boxes": 3}), "cannot be read"),
    ],
)
def test_a_run_that_cannot_be_drawn_is_refused(results: Results, message: str) -> None:
    with pytest.raises(InputError, match=message):
        rack_scene(results)


def test_an_unknown_tray_is_refused_with_near_names() -> None:
    with pytest.raises(InputError, match=r"no such tray.*compute\[1\]"):
        tray_scene(RUN, "compte[1]")
