"""Simulator of liquid-cooled GPU racks: from a YAML rack to coolant flow, chip temperatures and the cooling bill."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thermal.cost.bill_of_materials import bill_of_materials
    from thermal.errors import ThermalError
    from thermal.fields import write_field
    from thermal.rack.loader import load_rack
    from thermal.results.dataset import Results
    from thermal.simulation.steady import simulate

__version__ = "0.1.0"
__all__ = ["Results", "ThermalError", "__version__", "bill_of_materials", "load_rack", "simulate", "write_field"]

# public name → module; resolved on first use, so that `import thermal` neither waits nor compiles
HOMES = {
    "Results": "thermal.results.dataset",
    "ThermalError": "thermal.errors",
    "bill_of_materials": "thermal.cost.bill_of_materials",
    "load_rack": "thermal.rack.loader",
    "simulate": "thermal.simulation.steady",
    "write_field": "thermal.fields",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        message = f"module 'thermal' has no attribute {name!r}; public names are {', '.join(sorted(HOMES))}"
        raise AttributeError(message)
    value = getattr(import_module(HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *HOMES})
