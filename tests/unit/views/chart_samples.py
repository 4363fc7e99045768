"""Charts of every kind for tests of what draws them."""

from __future__ import annotations

from thermal.views.chart.model import Chart, Series

EVIL = '<script>alert(1)</script> "q" $x^2$ & =cmd|calc'


def waterfall(*, last: float = 85.0, name: str = "chain") -> Chart:
    return Chart(
        name=name,
        kind="waterfall",
        title="Where the kelvins go",
        unit="°C",
        categories=["supply", "coolant", "plate", "junction"],
        series=[Series("temperature", [40.0, 15.0, 30.0, last])],
        totals=[0, 3],
        base=30.0,
        limit=87.0,
        limit_name="limit",
        left_title="temperature",
        description="From 40 to 85 °C.",
    )


def bars(**changes: object) -> Chart:
    content: dict[str, object] = {
        "name": "margins",
        "kind": "bars",
        "title": "Margins",
        "unit": "K",
        "categories": ["gpu", "cpu", "nic"],
        "series": [
            Series("one", [2.0, 20.0, None], [1.0, 15.0, None], [4.0, 22.0, None]),
            Series("two", [-3.0, 18.0, 9.0]),
        ],
    }
    return Chart(**{**content, **changes})  # type: ignore[arg-type]


def stack() -> Chart:
    series = [Series("plates", [30.0, 60.0]), Series("fans", [0.5, None])]
    return Chart("content", "stack", "Content", "USD", ["A", "B"], series)


def tornado() -> Chart:
    series = Series("range", [100.0, 100.0], [90.0, 110.0], [130.0, 120.0])
    return Chart("swings", "tornado", "What moves it", "USD", ["price", "share"], [series], base=100.0)


def lines() -> Chart:
    series = [
        Series("R", [0.04, None, 0.02], mark=2.0),
        Series("Δp", [1.0, 4.0, 9.0], axis="right", mark=9.0),
    ]
    return Chart("curves", "lines", "Plate", "K/W", (), series, x=[1.0, 2.0, 3.0], x_title="flow", right_unit="kPa")


def evil() -> Chart:
    names = [f"{EVIL} {number}" for number in range(3)]
    return Chart(
        "evil", "bars", EVIL, "K", names, [Series(EVIL, [1.0, 2.0, 3.0]), Series("b", [1.0, 1.0, 1.0])],
        limit=2.5, limit_name=EVIL, left_title=EVIL, note=EVIL, description=EVIL,
    )  # fmt: skip


EVERY = (waterfall(), bars(), stack(), tornado(), lines(), evil())
