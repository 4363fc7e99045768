"""A browser that sees pages as a reader does, where one is installed, and the report that it is shown."""

from __future__ import annotations

import base64
import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thermal.views.chart.model import Chart, Series
from thermal.views.report import Column, Linked, Report, ReportTable, Section, Text
from thermal.views.scenes.model import Bar, Label, Piece, Scene

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--use-angle=swiftshader",  # WebGL without a GPU
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
)
WIDE, PHONE = (1280, 900), (390, 844)
HOSTILE = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>"
FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The browser, with no network."""
    driver = shutil.which("chromedriver")
    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if driver is None or binary is None:
        pytest.skip("needs Chromium and chromedriver: make page-tools")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.binary_location = binary
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(driver))
    browser.set_script_timeout(60)
    browser.execute_cdp_cmd("Network.enable", {})
    offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
    yield browser
    browser.quit()


class Shown:
    """A page as the browser shows it."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script returns."""
        return self.browser.execute_script(script, *arguments)

    def errors(self) -> list[str]:
        """Errors of the console since the last call."""
        return [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]

    def requests(self) -> list[str]:
        """Everything the page asked for beyond itself."""
        names = self.run("return performance.getEntriesByType('resource').map(entry => entry.name)")
        return [name for name in names if not name.startswith(("data:", "blob:"))]

    def drawn(self) -> None:
        """Bring each chart and scene into view and wait until it is drawn."""
        from selenium.webdriver.support.wait import WebDriverWait

        for figure in self.browser.find_elements("css selector", "figure"):
            self.run("arguments[0].scrollIntoView({behavior: 'instant', block: 'center'})", figure)
            WebDriverWait(self.browser, 30).until(lambda _, figure=figure: self.run(DRAWN, figure))
        self.run("scrollTo({top: 0, behavior: 'instant'})")

    def picture(self, selector: str) -> np.ndarray[Any, Any]:
        """Pixels (height, width, 3) of an element."""
        from PIL import Image

        element = self.browser.find_element("css selector", selector)
        self.run("arguments[0].scrollIntoView({behavior: 'instant', block: 'center'})", element)
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(element.screenshot_as_base64))).convert("RGB"))

    def media(self, name: str) -> None:
        """Show it as on that medium; an empty name for the screen."""
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": name})


DRAWN = """const one = arguments[0];
return one.dataset.state === 'drawn' || Boolean(one.querySelector('.scene-canvas[data-drawn]'))"""

Show = Callable[..., Shown]


@pytest.fixture
def show(chromium: Any, tmp_path: Path) -> Iterator[Show]:
    """Show a page by its text, on a wide screen or a phone."""

    def load(text: str, size: tuple[int, int] = WIDE, *, scripts: bool = True) -> Shown:
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        phone = size == PHONE
        screen = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": phone}
        chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        chromium.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": phone})
        chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        chromium.get_log("browser")
        chromium.get(file.as_uri())
        return Shown(chromium)

    yield load
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    chromium.get("about:blank")


def cube(path: str, corner: tuple[float, float, float], value: float | None, text: str = "") -> Piece:
    """A cube with a side of 0.1 m."""
    points = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=np.float64) * 0.1 + corner
    faces = [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1]]
    faces += [[2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]]
    values = None if value is None else np.full(12, value)
    return Piece(path, "packages", points, np.array(faces), values, "t" if values is not None else "", text=text)


@pytest.fixture(scope="session")
def scene() -> Scene:
    pieces = [cube(f"compute[{n + 1}]/gpu", (0.0, 0.0, 0.15 * n), 60.0 + 8 * n, HOSTILE) for n in range(4)]
    bar = Bar("t", "junction temperature [°C]", 55.0, 90.0, "inferno", 87.0)
    label = Label((0.05, 0.05, 0.55), f"compute[4]/gpu: 84 °C {HOSTILE}")
    told = f"Four GPUs from 60 to 84 °C, the hottest in compute[4] {HOSTILE}."
    return Scene(f"Junction temperature {HOSTILE}", "a small rack", pieces, [bar], [label], description=told)


@pytest.fixture(scope="session")
def report(scene: Scene) -> Report:
    """One of each block, long and wide enough to scroll, with text that wants to be a program."""
    chart = Chart(
        "flow",
        "bars",
        f"Flow of each tray {HOSTILE}",
        "L/min",
        ["compute[1]", HOSTILE, FORMULA],
        [Series("flow", [6.1, 6.05, 0.9876543210123])],
        description="The switch tray takes 0.99 L/min, the others 6.1.",
        note="At 40 °C supply.",
    )
    sections = [
        Section(
            "Verdict", [Text(["All chips stay below their limit.", "By 1.2 K."], "good"), Text([HOSTILE, FORMULA])]
        ),
        Section(f"Limits {HOSTILE}", [Text(["Little flow."], "warning"), Text(["Too hot."], "bad")]),
        Section("Heat map", [scene]),
        Section("Flow", [chart]),
        Section("Bill", [bill_table()]),
        Section("Devices", [device_table()]),
    ]
    return Report("A small rack", "at 40 °C", sections, {"version": "0.1.0", "racks": HOSTILE, FORMULA: "x"})


def bill_table() -> ReportTable:
    columns = (
        Column("item", "Item"),
        Column("quantity", "Quantity", "integer"),
        Column("price", "Unit price [USD]", "money", 2),
        Column("amount", "Amount [USD]", "money"),
        Column("share", "Share", "percent"),
        Column("source", "Source"),
    )
    lines = (("plate", 72, 200.25, 0.7), (HOSTILE, 36, 33.333333333333336, 0.2), (FORMULA, 18, -12.5, 0.1))
    rows = [
        {
            "item": item,
            "quantity": quantity,
            "price": price,
            "amount": Linked(quantity * price, "{quantity}*{price}"),
            "share": share,
            "source": f"a source of {HOSTILE} that takes more than one line of the table to tell",
        }
        for item, quantity, price, share in lines
    ]
    return ReportTable("bill", f"Bill {HOSTILE}", columns, rows, sums=("amount",), inputs=("price",), note="No CDU.")


def device_table() -> ReportTable:
    columns = [Column("path", "Device"), Column("part", "Part")]
    columns += [Column(f"t{n}", f"Temperature {n} [°C]", "number", 1) for n in range(9)]
    rows: list[dict[str, Any]] = [
        {"path": f"compute[{tray}]/module[1]/gpu[{n}]", "part": "b300", "t0": 80 + tray / 7 + n / 3, "t2": float("nan")}
        for tray in range(1, 13)
        for n in range(1, 5)
    ]
    return ReportTable("devices", "Every device", columns, rows)
