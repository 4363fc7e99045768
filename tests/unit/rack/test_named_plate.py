from __future__ import annotations

import pytest

from thermal.errors import InputError
from thermal.rack.named_plate import load_plate, plate_of
from thermal.rack.uncertain import used_parts


@pytest.mark.parametrize("name", ["gb300_gpu_plate", "cpx_plate", "asic_plate", "h100_gpu_plate"])
def test_a_bundled_plate_is_taken_from_a_rack_that_uses_it(name: str) -> None:
    assert name in used_parts(load_plate(name))


def test_overrides_reach_the_plate() -> None:
    rack = load_plate("gb300_gpu_plate", overrides={"parts.gb300_gpu_plate.resistance.power.value": "0.03 K/W"})
    law = plate_of(rack, "gb300_gpu_plate").resistance
    assert law is not None
    assert law.power is not None
    assert float(law.power.value) == 0.03


@pytest.mark.parametrize(
    ("name", "rack", "message"),
    [
        ("gb300_gpu_plat", None, "did you mean 'gb300_gpu_plate'"),
        ("gb300_gpu_plat", "gb300_nvl72", "did you mean 'gb300_gpu_plate'"),
        ("zzz", None, r"plates are gb300_gpu_plate, .*give its rack with --rack"),
        ("uqdb04", None, "'uqdb04' is a coupling, not a plate"),
        ("gb300_gpu_plate", "hgx_h100_air", "there is no part 'gb300_gpu_plate'"),
        ("gb300_gpu_plate", "gb30", "there is no bundled rack"),
    ],
)
def test_what_is_no_plate_is_refused(name: str, rack: str | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_plate(name, rack)
