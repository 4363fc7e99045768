"""A small finished run, typed in by hand, for tests of everything that comes after the solver."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from thermal.results.dataset import Results, Table
from thermal.results.summary import Summary

# the same examples in every run, and as long as they take
settings.register_profile("seeded", deadline=None, derandomize=True)
settings.load_profile("seeded")

CELSIUS = 273.15
L_MIN = 1e-3 / 60


@pytest.fixture(autouse=True)
def floating_point_errors_raise() -> Iterator[None]:
    """A division by zero, an overflow or a NaN made in NumPy is a fault wherever it happens."""
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        yield


def small_tables() -> tuple[Table, Table, Table, Table]:
    """Two GPUs on plates and a NIC in air, in one compute tray and one switch tray."""
    nan = float("nan")
    devices = Table(
        "device",
        {
            "path": ("compute[1]/gpu[1]", "compute[1]/gpu[2]", "compute[1]/nic"),
            "kind": ("gpu", "gpu", "nic"),
            "part": ("b300", "b300", "cx8"),
            "plate": ("gpu_plate", "gpu_plate", None),
            "power": np.array([1400.0, 1400.0, 80.0]),
            "volume_flow": np.array([1.5, 1.45, nan]) * L_MIN,
            "inlet_temperature": np.array([40.0, 40.0, nan]) + CELSIUS,
            "outlet_temperature": np.array([53.4, 53.9, nan]) + CELSIUS,
            "junction_temperature": np.array([83.1, 83.9, 61.0]) + CELSIUS,
            "limit_temperature": np.array([87.0, 87.0, nan]) + CELSIUS,
            "margin": np.array([3.9, 3.1, nan]),
            "coolant_rise": np.array([0.0, 0.0, nan]),
            "plate_rise": np.array([34.7, 35.5, 30.0]),
            "package_rise": np.array([8.4, 8.4, 4.0]),
            "air_temperature": np.array([nan, nan, 27.0]) + CELSIUS,
        },
    )
    trays = Table(
        "tray",
        {
            "path": ("compute[1]", "switch[1]"),
            "volume_flow": np.array([5.9, 0.8]) * L_MIN,
            "pressure_drop": np.array([52_100.0, 51_900.0]),
            "supply_temperature": np.array([40.0, 40.0]) + CELSIUS,
            "return_temperature": np.array([55.2, 54.1]) + CELSIUS,
            "fan_power": np.array([96.0, nan]),
        },
    )
    branches = Table(
        "branch",
        {
            "path": ("supply/hose", "compute[1]/module[1]/gpu_plate[1]"),
            "part": ("rack_hose_2in", "gpu_plate"),
            "mass_flow": np.array([0.115, 0.025]),
            "pressure_drop": np.array([310.0, -12.0]),
        },
    )
    nodes = Table("node", {"path": ("supply", "return"), "pressure": np.array([208_600.0, 150_000.0])})
    return devices, trays, branches, nodes


def small_summary(devices: Table, trays: Table) -> Summary:
    """The summary that belongs to the small tables."""
    return Summary(
        rack="gb300_nvl72",
        title="NVIDIA GB300 NVL72",
        fidelity="network",
        version="0.1.0",
        converged=True,
        iterations=6,
        wall_s=0.0081,
        heat_total_W=135_000.0,
        heat_to_liquid_W=121_500.0,
        heat_to_air_W=13_500.0,
        energy_imbalance_rel=3e-12,
        mass_imbalance_rel=2e-13,
        coolant={"fluid": "PG25", "supply_C": 40.0, "return_C": 55.0, "flow_L_min": 119.2},
        pressure_drop_kPa=58.6,
        pump_power_W=311.0,
        fan_power_W=2900.0,
        flow_spread_rel=0.031,
        devices=devices.rows(),
        trays=trays.rows(),
        violations=[],
        bill=[
            {
                "prices": "avc_broker_2025",
                "currency": "USD",
                "total": 35_910.0,
                "total_low": 30_000.0,
                "total_high": 40_000.0,
                "per_kW": 266.0,
            }
        ],
    )


@pytest.fixture
def small_results() -> Results:
    devices, trays, branches, nodes = small_tables()
    line: dict[str, Any] = {
        "item": "GPU module",
        "part": "gb300_module",
        "supplier_group": "plates",
        "quantity": 36,
        "unit_price": 650.0,
        "low": 600.0,
        "high": 700.0,
        "amount": 23_400.0,
        "source": "broker, 2025",
    }
    return Results(
        summary=small_summary(devices, trays),
        devices=devices,
        trays=trays,
        branches=branches,
        nodes=nodes,
        bills=[
            {"rack": "gb300_nvl72", "prices": "avc_broker_2025", "currency": "USD", "total": 35_910.0, "lines": [line]}
        ],
        provenance={"rack": "gb300_nvl72", "rack_text": "name: gb300_nvl72\n# ✓\n", "version": "0.1.0"},
    )
