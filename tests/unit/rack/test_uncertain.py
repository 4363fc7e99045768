from __future__ import annotations

import pytest

from thermal.rack.loader import load_rack, uncertain_values, with_value
from thermal.rack.schema import Rack
from thermal.rack.values import Value

PATH = "parts.plate.resistance.power.value"


def test_only_values_with_both_ends_are_uncertain(small: Rack) -> None:
    assert uncertain_values(small) == [(PATH, Value(0.03, 0.02, 0.04, "fitted", "a rig", "0.03 K/W"))]


def test_only_parts_that_the_rack_uses_count() -> None:
    rack = load_rack("gb300_nvl72")
    paths = [path for path, _ in uncertain_values(rack)]
    assert any(path.startswith("parts.gb300_gpu_plate.") for path in paths)
    assert not any(path.startswith("parts.rubin") for path in paths)
    assert len(set(paths)) == len(paths)


def test_of_a_package_only_the_chosen_power_counts() -> None:
    paths = [path for path, _ in uncertain_values(load_rack("gb300_nvl72", {"power_state": "idle"}))]
    powers = {path for path in paths if ".power." in path and path.startswith("parts.b300")}
    assert powers <= {"parts.b300.power.idle"}


def test_a_value_is_replaced_without_reading_again(small: Rack) -> None:
    changed = with_value(small, PATH, 0.04)
    assert changed.parts["plate"].resistance.power.value == Value(0.04, 0.02, 0.04, "fitted", "a rig", "0.04 (SI)")  # type: ignore[union-attr]
    assert small.parts["plate"].resistance.power.value.value == 0.03  # type: ignore[union-attr]
    assert changed.parts["hose"] is small.parts["hose"], "what is not changed is shared"
    assert type(changed) is Rack


@pytest.mark.parametrize("name", ["gb300_nvl72", "vr200_nvl144_cpx", "hgx_h100_air"])
def test_every_uncertain_value_can_be_replaced(name: str) -> None:
    rack = load_rack(name)
    found = uncertain_values(rack)
    for path, value in found:
        assert value.high is not None
        again = dict(uncertain_values(with_value(rack, path, value.high)))
        assert again[path].value == value.high
        assert [key for key in again if again[key] != dict(found)[key]] in ([path], [])


@pytest.mark.parametrize("path", ["parts.plate.nothing", "parts.nobody.cv", "parts.plate", "rack.units[1]", "x", ""])
def test_a_path_without_a_value_is_a_key_error(small: Rack, path: str) -> None:
    with pytest.raises(KeyError):
        with_value(small, path, 1.0)


def test_a_value_in_a_table_has_a_path(small: Rack) -> None:
    changed = with_value(small, "parts.fins.resistance.table[2][2]", 0.5)
    assert changed.parts["fins"].resistance.table[1][1].value == 0.5  # type: ignore[union-attr]
