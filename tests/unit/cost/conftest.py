"""Racks made by hand, so that each quantity in these tests can be counted on paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest

from thermal.cost.bill_of_materials import Bill, bill_of_materials
from thermal.cost.prices import PriceBook, load_prices


@dataclass(frozen=True)
class Thing:
    path: str
    part: str
    item_class: str
    contained_in: str | None = None
    pieces: float = 1


@dataclass
class HandMade:
    """A rack written down as the list of its things."""

    name: str
    status: str = "product"
    heat: float = 100e3
    items: list[Thing] = field(default_factory=list)
    parts: Any = field(default_factory=lambda: MappingProxyType({}))

    def add(self, path: str, part: str, item_class: str, pieces: float = 1) -> None:
        self.items.append(Thing(path, part, item_class, path.rpartition("/")[0] or None, pieces))

    def compute_tray(self, number: int, module: str, gpu: str, cpu: str, fans: int) -> None:
        tray = f"compute[{number}]"
        self.add(tray, "compute", "compute_tray")
        for side in ("inlet_coupling", "outlet_coupling"):
            self.add(f"{tray}/{side}", "tray_coupling", "quick_disconnect", 1)
        for hose in (1, 2):
            self.add(f"{tray}/hose[{hose}]", "tray_hose", "tray_hose")
        for index in (1, 2):
            inside = f"{tray}/module[{index}]"
            self.add(inside, module, "module")
            for plate in (1, 2):
                self.add(f"{inside}/gpu_plate[{plate}]", gpu, "gpu_plate")
            self.add(f"{inside}/cpu_plate", cpu, "cpu_plate")
            for side in ("module_inlet", "module_outlet"):
                self.add(f"{inside}/{side}", "mqd", "quick_disconnect", 2)
        for fan in range(1, fans + 1):
            self.add(f"{tray}/fan[{fan}]", "fan_4056", "fan")

    def switch_tray(self, number: int, plates: int, fans: int) -> None:
        tray = f"switch[{number}]"
        self.add(tray, "switch", "switch_tray")
        for side in ("inlet_coupling", "outlet_coupling"):
            self.add(f"{tray}/{side}", "switch_coupling", "quick_disconnect", 1)
        self.add(f"{tray}/restrictor", "switch_restrictor", "restrictor")
        for plate in range(1, plates + 1):
            self.add(f"{tray}/switch_plate[{plate}]", "nvswitch_plate", "switch_plate")
        for fan in range(1, fans + 1):
            self.add(f"{tray}/fan[{fan}]", "fan_4056", "fan")

    def shared(self, racks_served: int) -> None:
        self.add("supply_manifold", "manifold_44ru", "rack_manifold")
        self.add("return_manifold", "manifold_44ru", "rack_manifold")
        self.add("cdu", "some_cdu", "cdu", 1 / racks_served)
        self.add("cdu/pump", "some_pump", "pump", 1 / racks_served)
        self.add("supply/rack_hose", "rack_hose", "hose")
        self.add("power[1]", "power", "power_tray")
        self.add("power[1]/fan[1]", "shelf_fan", "shelf_fan")

    def price(self, book: PriceBook | str) -> Bill:
        assembly: Any = SimpleNamespace(items=tuple(self.items), devices=(SimpleNamespace(power=self.heat),))
        return bill_of_materials(self, assembly, load_prices(book) if isinstance(book, str) else book)


def gb300(racks_served: int = 8) -> HandMade:
    rack = HandMade("gb300_nvl72", heat=135e3)
    for number in range(1, 19):
        rack.compute_tray(number, "gb300_module", "gb300_gpu_plate", "grace_plate", fans=8)
    for number in range(1, 10):
        rack.switch_tray(number, plates=2, fans=6)
    rack.shared(racks_served)
    return rack


def gb200() -> HandMade:
    rack = HandMade("gb200_nvl72", heat=120e3)
    for number in range(1, 19):
        rack.compute_tray(number, "gb200_module", "gb200_gpu_plate", "grace_plate", fans=8)
    for number in range(1, 10):
        rack.switch_tray(number, plates=2, fans=6)
    rack.shared(1)
    return rack


def vr200(*, cpx: bool) -> HandMade:
    rack = HandMade("vr200_nvl144_cpx" if cpx else "vr200_nvl72", "scenario" if cpx else "product", 370e3)
    for number in range(1, 19):
        rack.compute_tray(number, "vr200_module", "rubin_gpu_plate", "vera_plate", fans=0)
        if cpx:
            _cpx_content(rack, f"compute[{number}]")
    for number in range(1, 10):
        rack.switch_tray(number, plates=4, fans=0)
    rack.shared(5)
    return rack


def _cpx_content(rack: HandMade, tray: str) -> None:
    rack.add(f"{tray}/internal_manifold", "cpx_internal_manifold", "internal_manifold")
    for name, item_class in (("power_module", "power"), ("cpx_module[1]", "cpx"), ("cpx_module[2]", "cpx")):
        inside = f"{tray}/{name}"
        rack.add(inside, f"{item_class}_module", f"{item_class}_module")
        rack.add(f"{inside}/plate", f"{item_class}_plate", f"{item_class}_plate")
        for side in ("module_inlet", "module_outlet"):
            rack.add(f"{inside}/{side}", "mqd", "quick_disconnect", 2)


@pytest.fixture(name="gb300")
def gb300_fixture() -> HandMade:
    return gb300()


@pytest.fixture(name="gb200")
def gb200_fixture() -> HandMade:
    return gb200()


@pytest.fixture(name="vr200")
def vr200_fixture() -> HandMade:
    return vr200(cpx=False)


@pytest.fixture(name="cpx")
def cpx_fixture() -> HandMade:
    return vr200(cpx=True)
