"""A report with everything a workbook has to cope with: prices, links across tables, ranges, hostile text."""

from __future__ import annotations

from thermal.views.chart.model import Chart, Series
from thermal.views.report import Column, Linked, Report, ReportTable, Section, Text

HOSTILE = "=cmd|' /C calc'!A0"
LINES = (
    ("Superchip module", 36, 650.0, 600.0, 1200.0, "fitted to the article's total; three plates at $200 to 400"),
    ("Switch plate", 18, 200.0, 200.0, 200.0, "the same in two other books"),
    ("Quick disconnect piece", 198, 45.0, 30.0, 50.0, "half of a pair at $60 to 100"),
    (HOSTILE, 2, 120.5, 100.0, 150.0, "+1+1"),
)
SECOND = (
    ("Superchip module", 36, 650.0, 600.0, 1200.0, "carried over"),
    ("CPX module", 36, 500.0, 400.0, 900.0, "estimate"),
    ("Quick disconnect piece", 414, 45.0, 30.0, 50.0, "half of a pair"),
    ("Internal manifold", 18, 350.0, 300.0, 400.0, "estimate"),
)


def bill(name: str, lines: tuple[tuple[str, int, float, float, float, str], ...]) -> ReportTable:
    rows = [
        {
            "item": item,
            "quantity": quantity,
            "unit_price": price,
            "low": low,
            "high": high,
            "amount": Linked(quantity * price, "{quantity}*{unit_price}"),
            "least": Linked(quantity * low, "{quantity}*{low}"),
            "most": Linked(quantity * high, "{quantity}*{high}"),
            "source": source,
        }
        for item, quantity, price, low, high, source in lines
    ]
    return ReportTable(
        name=f"bill_{name}",
        title=f"Bill of {name}, book avc_broker_2025",
        columns=(
            Column("item", "Item"),
            Column("quantity", "Quantity", "integer"),
            Column("unit_price", "Unit price [USD]", "money", 2),
            Column("low", "Low [USD]", "money", 2),
            Column("high", "High [USD]", "money", 2),
            Column("amount", "Amount [USD]", "money"),
            Column("least", "Least amount [USD]", "money"),
            Column("most", "Most amount [USD]", "money"),
            Column("source", "Source"),
        ),
        rows=rows,
        sums=("amount", "least", "most"),
        names={f"total_{name}": (-1, "amount")},
        inputs=("unit_price", "low", "high"),
        note="Quantities are counted from the rack definition. Prices are of the book named in the title.",
    )


def total(lines: tuple[tuple[str, int, float, float, float, str], ...]) -> float:
    return sum(line[1] * line[2] for line in lines)


def content_table() -> ReportTable:
    """Ratios of named totals, the way a comparison gives them."""
    rows = []
    for name, lines, gpus, heat in (("gb300", LINES, 72, 135.0), ("cpx", SECOND, 144, 370.0)):
        amount = total(lines)
        rows.append(
            {
                "rack": name,
                "content": Linked(amount, f"{{total_{name}!}}"),
                "gpus": gpus,
                "heat": heat,
                "per_gpu": Linked(amount / gpus, "{content}/{gpus}"),
                "per_kw": Linked(amount / heat, f"{{total_{name}!}}/{{heat}}"),
                "share": Linked(amount / (total(LINES) + total(SECOND)), "{content}/({total_gb300!}+{total_cpx!})"),
            }
        )
    return ReportTable(
        "cooling_content",
        "Cooling content of a rack",
        (
            Column("rack", "Rack"),
            Column("content", "Content [USD]", "money"),
            Column("gpus", "GPUs", "integer"),
            Column("heat", "Heat [kW]", "number"),
            Column("per_gpu", "Per GPU [USD]", "money"),
            Column("per_kw", "Per kW [USD]", "money", 2),
            Column("share", "Share of both", "percent"),
        ),
        rows,
        names={"gb300": (0, "content"), "rubin-cpx": (1, "content")},
    )


def devices_table() -> ReportTable:
    rows = [
        {
            "path": f"compute[{tray}]/gpu[{gpu}]",
            "power": 1400,
            "flow": 1.5 + 0.01 * tray,
            "junction": 80.0 + 0.1 * tray + gpu / 10,
            "margin": None if tray == 3 else 7.0 - 0.1 * tray - gpu / 10,
            "imbalance": 3.2e-9,
        }
        for tray in range(1, 19)
        for gpu in range(1, 5)
    ]
    columns = (
        Column("path", "Device"),
        Column("power", "Power [W]", "integer"),
        Column("flow", "Flow [L/min]", "number", 2),
        Column("junction", "Junction temperature [°C]", "number", 1),
        Column("margin", "Margin [K]", "number", 1),
        Column("imbalance", "Imbalance of energy", "number", 1),
    )
    return ReportTable("devices", "All devices, by tray", columns, rows)


def steps() -> tuple[ReportTable, Chart]:
    pairs = (
        ("GB300 NVL72", total(LINES)),
        ("CPX modules", 18_000.0),
        ("Quick disconnects\n198 → 414", 216 * 45.0),
        ("Internal manifolds", 6_300.0),
        ("Switch plates and the rest", -3_841.0),
        ("Rubin CPX", total(SECOND)),
    )
    names = [name for name, _ in pairs]
    values = [value for _, value in pairs]
    table = ReportTable(
        "from_one_to_the_other",
        "From one rack's content to the other's",
        (Column("step", "Step"), Column("amount", "Amount [USD]", "money")),
        [{"step": name.partition("\n")[0], "amount": value} for name, value in pairs],
    )
    table.rows[0]["amount"] = Linked(values[0], "{total_gb300!}")  # type: ignore[index]
    table.rows[-1]["amount"] = Linked(values[-1], "{total_cpx!}")  # type: ignore[index]
    chart = Chart(
        "content_steps", "waterfall", "From GB300 to Rubin CPX", "USD", names, [Series("content", values)],
        totals=(0, len(pairs) - 1), description="Content doubles, most of it in CPX modules.",
    )  # fmt: skip
    return table, chart


def charts() -> list[Chart]:
    trays = [f"compute[{number}]" for number in range(1, 19)]
    flows = [6.1 - 0.01 * number for number in range(18)]
    grid = [0.5, 1.0, 1.5, 2.0, 3.0, 4.0]
    return [
        Chart(
            "bill_by_class", "bars", "Cooling content by class of item", "USD", ["plates", "quick disconnects", "fans"],
            [Series("gb300", [27_000.0, 8_910.0, 0.0], [24_000.0, 6_000.0, 0.0], [46_000.0, 9_900.0, 0.0]),
             Series("cpx", [41_400.0, 18_630.0, None], [36_000.0, 12_000.0, None], [75_000.0, 20_000.0, None])],
            note="Bars with their low and high ends.",
        ),
        Chart("flow_per_tray", "bars", "Flow per tray", "L/min", trays, [Series("flow", flows)], limit=5.5,
              limit_name="least flow"),
        Chart("pressure_path", "bars", "Where the pressure goes", "kPa",
              ["tray coupling, inlet", "hose inside a compute tray", "GPU cold plate", "CPU cold plate"],
              [Series("pressure drop", [9.0, 1.15, 11.4, 7.9])]),
        Chart("heat", "stack", "Heat by kind", "kW", ["gb300", "cpx"],
              [Series("gpu", [100.8, 250.0]), Series("cpu", [10.8, 20.0]), Series("other", [23.4, 100.0])]),
        Chart("temperature_chain", "waterfall", "From supply to junction", "°C",
              ["supply", "coolant", "plate", "package", "junction"],
              [Series("temperature", [40, 7.1, 28.4, 8.4, 83.9])],
              totals=(0, 4), base=30.0),
        Chart("plate_curves", "lines", "GPU cold plate against flow", "K/W", [],
              [Series("resistance", [0.040, 0.031, 0.027, 0.0243, 0.021, 0.0189], mark=1.53),
               Series("pressure drop", [2.2, 5.9, 10.8, 17.0, 32.9, 53.3], axis="right", mark=1.53)],
              x=grid, x_title="flow [L/min]", left_title="resistance", right_title="pressure drop", right_unit="kPa"),
        Chart("tornado", "tornado", "What moves the content", "USD", ["module price", "plate price", "piece price"],
              [Series("content", [35_910.0] * 3, [34_110, 35_910, 32_940], [55_710, 35_910, 36_900])], base=35_910.0),
    ]  # fmt: skip


def report() -> Report:
    table, chart = steps()
    verdict = Text(
        ["GB300 stays within its limits with 3.1 K to spare; CPX carries twice the cooling content."], "good"
    )
    rests = Text(["It rests on the GPU plate's resistance (fitted, no public data): −8 to +7 K."], "warning")
    words = Text(["<script>alert(1)</script> stays text.", "=1+1 stays text too."])
    return Report(
        "Cooling of GB300 NVL72 and Rubin CPX",
        "PG25 at 40.0 °C · network fidelity · price book avc_broker_2025",
        [
            Section("Verdict", [verdict, rests]),
            Section("Content", [words, content_table(), chart, table, *charts()]),
            Section("Bills", [bill("gb300", LINES), bill("cpx", SECOND)]),
            Section("Devices", [devices_table()]),
        ],
        {"version": "0.1", "date": "2025-11-22", "racks": "gb300_nvl72, vr200_nvl144_cpx", "note": HOSTILE},
    )
