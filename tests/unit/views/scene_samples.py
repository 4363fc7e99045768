"""A run of two GPUs on plates and a network card, placed by hand, with fields on the plates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tests.conftest import small_summary
from thermal.rack.layout import Box, Layout, Tube
from thermal.results.dataset import Results, Table
from thermal.results.plate_fields import PlateFields, PlatePlane, PlateSet, PlateVolume

CELSIUS = 273.15
L_MIN = 1e-3 / 60
TRAY = "compute[1]"
PLATES = (f"{TRAY}/plate[1]", f"{TRAY}/plate[2]")
X = np.array([0.0, 0.02, 0.03, 0.05, 0.06])  # cells of unlike width, so that a mean by count is wrong
Y = np.array([0.0, 0.02, 0.05, 0.06, 0.08])
Z = np.array([0.0, 0.002, 0.004, 0.006, 0.01])
JUNCTION = np.array(
    [
        [np.nan, np.nan, np.nan, np.nan],
        [np.nan, 70.0, 80.0, np.nan],
        [np.nan, 75.0, 85.0, np.nan],
        [np.nan, np.nan, np.nan, np.nan],
    ]
)
BASE = np.full((4, 4), 55.0)
COOLANT = np.where(np.isnan(JUNCTION), np.nan, 45.0)


def kelvin(*fields: np.ndarray) -> np.ndarray:
    return (np.stack(fields) + CELSIUS).astype(np.float32)


def plates(*, volumes: bool = False) -> PlateFields:
    solid = np.full((4, 4, 4), 55.0)
    solid[0, 2, 2] = 86.0
    solid[0, 0, 0] = 99.0  # beside the package, where there is nothing
    found = {"solid": PlateVolume(X, Y, Z, kelvin(solid, solid + 1.0))} if volumes else {}
    return PlateFields(
        (
            PlateSet(
                part="gpu_plate",
                packages=("b300",),
                paths=PLATES,
                exact=np.array([True, False]),
                planes={
                    "junction": PlatePlane(0.001, X, Y, kelvin(JUNCTION, JUNCTION + 1.0)),
                    "case": PlatePlane(0.004, X, Y, kelvin(JUNCTION - 10.0, JUNCTION - 9.0)),
                    "base": PlatePlane(0.004, X, Y, kelvin(BASE, BASE)),
                    "coolant": PlatePlane(0.008, X, Y, kelvin(COOLANT, COOLANT)),
                },
                volumes=found,
            ),
        )
    )


def layout(turn: int = 0) -> Layout:
    """One tray; plates lie turned by `turn` quarters."""
    size = (0.06, 0.08, 0.01) if turn % 2 == 0 else (0.08, 0.06, 0.01)
    package = (0.03, 0.04, 0.004) if turn % 2 == 0 else (0.04, 0.03, 0.004)
    boxes = [
        Box("rack", "frame", "small", None, (0.0, 0.0, 0.0), (0.6, 1.0, 0.5)),
        Box("cdu", "cdu", "unit", None, (0.8, 0.0, 0.0), (0.4, 1.0, 0.5)),
        Box(TRAY, "tray", "compute", TRAY, (0.1, 0.1, 0.1), (0.4, 0.8, 0.05)),
        Box(f"{TRAY}/fan", "fan", "fan_40", TRAY, (0.2, 0.2, 0.1), (0.04, 0.05, 0.04)),
        Box(f"{TRAY}/nic", "package", "cx8", TRAY, (0.12, 0.12, 0.102), (0.03, 0.03, 0.002)),
        Box(f"{TRAY}/nic/heat_sink", "other", "sink", TRAY, (0.11, 0.11, 0.104), (0.05, 0.05, 0.02)),
    ]
    for number, path in enumerate(PLATES, start=1):
        x = 0.1 + 0.1 * number
        boxes.append(Box(path, "plate", "gpu_plate", TRAY, (x, 0.5, 0.106), size, turn))
        boxes.append(Box(f"{TRAY}/gpu[{number}]", "package", "b300", TRAY, (x + 0.015, 0.52, 0.102), package, turn))
    tubes = [
        Tube("supply/hose", "hose", "hose", None, ((0.8, 0.9, 0.1), (0.3, 0.9, 0.1), (0.3, 0.9, 0.12)), 0.05),
        Tube(f"{TRAY}/hose", "hose", "hose", TRAY, ((0.3, 0.9, 0.12), (0.3, 0.6, 0.12)), 0.01),
        Tube(f"{TRAY}/drain", "pipe", "drain", TRAY, ((0.3, 0.8, 0.12), (0.4, 0.8, 0.12)), 0.01),
    ]
    return Layout("small", (1.2, 1.0, 0.5), tuple(boxes), tuple(tubes))


def devices() -> Table:
    nan = float("nan")
    return Table(
        "device",
        {
            "path": (f"{TRAY}/gpu[1]", f"{TRAY}/gpu[2]", f"{TRAY}/nic"),
            "kind": ("gpu", "gpu", "nic"),
            "part": ("b300", "b300", "cx8"),
            "title": ("<b>B300</b>", "<b>B300</b>", "card"),
            "plate": ("gpu_plate", "gpu_plate", None),
            "power": np.array([1400.0, 1400.0, 80.0]),
            "volume_flow": np.array([1.5, 1.4, nan]) * L_MIN,
            "inlet_temperature": np.array([40.0, 40.0, nan]) + CELSIUS,
            "outlet_temperature": np.array([53.4, 53.9, nan]) + CELSIUS,
            "junction_temperature": np.array([85.0, 88.5, nan]) + CELSIUS,
            "limit_temperature": np.array([87.0, 87.0, nan]) + CELSIUS,
            "margin": np.array([2.0, -1.5, nan]),
        },
    )


def branches() -> Table:
    return Table(
        "branch",
        {
            "path": ("supply/hose", f"{TRAY}/hose"),
            "part": ("hose", "hose"),
            "volume_flow": np.array([100.0, -4.0]) * L_MIN,
            "inlet_temperature": np.array([40.0, 40.0]) + CELSIUS,
            "outlet_temperature": np.array([40.0, 50.0]) + CELSIUS,
        },
    )


def trays() -> Table:
    return Table("tray", {"path": (TRAY,), "volume_flow": np.array([4.0]) * L_MIN})


def run(*, turn: int = 0, fields: bool = False, volumes: bool = False) -> Results:
    """Return the run, at plate fidelity when it has `fields`."""
    summary = small_summary(devices(), trays())
    if fields:
        summary["fidelity"] = "plate"
    return Results(
        summary=summary,
        devices=devices(),
        trays=trays(),
        branches=branches(),
        nodes=Table("node", {"path": ("supply",), "pressure": np.array([2e5])}),
        layout=layout(turn).plain(),
        plates=plates(volumes=volumes) if fields else None,
    )


def warmer(results: Results, kelvins: float) -> Results:
    """Return a run whose GPUs are warmer by so much."""
    columns = dict(results.devices.columns)
    columns["junction_temperature"] = results.devices.numbers("junction_temperature") + kelvins
    return replace(results, devices=Table("device", columns))


def with_margins(results: Results, margins: Sequence[float]) -> Results:
    """Return a run whose GPUs have these margins [K], and limits as far above their junctions."""
    columns = dict(results.devices.columns)
    columns["margin"] = np.array([*margins, float("nan")])
    columns["limit_temperature"] = results.devices.numbers("junction_temperature") + columns["margin"]
    return replace(results, devices=Table("device", columns))
