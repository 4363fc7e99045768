from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thermal.rack.power_map import Block, PowerMap, Tiles, map_of_blocks, map_of_tiles, uniform_map


def total(found: PowerMap) -> float:
    return math.fsum(math.fsum(row) for row in found.shares)


def test_without_a_map_the_whole_face_is_one_tile() -> None:
    assert uniform_map(0.02, 0.03) == PowerMap((0.0, 0.02), (0.0, 0.03), ((1.0,),), None)


def test_tiles_are_laid_evenly_over_the_chip() -> None:
    found = map_of_tiles(Tiles(((0.1, 0.2, 0.3), (0.0, 0.4, 0.0)), 7.0), 0.003, 0.004)
    assert found.x_edges == pytest.approx((0.0, 0.001, 0.002, 0.003))
    assert found.y_edges == pytest.approx((0.0, 0.002, 0.004))
    assert found.shares[0] == (0.1, 0.2, 0.3)
    assert found.power == 7.0


def test_blocks_give_their_own_edges_and_powers() -> None:
    hot = Block("hot", -0.004, 0.0, -0.003, 0.003, 30.0)  # the left of the chip, touching its side
    cold = Block("cold", 0.001, 0.003, 0.0, 0.002, 10.0)
    found = map_of_blocks([hot, cold], 0.008, 0.006)
    assert found.x_edges == pytest.approx((0.0, 0.004, 0.005, 0.007, 0.008))
    assert found.y_edges == pytest.approx((0.0, 0.003, 0.005, 0.006))
    # 30 W over 6 mm of y, 10 W in one tile.
    expected = [[0.375, 0.0, 0.0, 0.0], [0.25, 0.0, 0.25, 0.0], [0.125, 0.0, 0.0, 0.0]]
    assert np.array(found.shares) == pytest.approx(np.array(expected))
    assert found.power == 40.0


def test_edges_that_meet_up_to_rounding_are_one() -> None:
    third = 0.001 / 3
    blocks = [Block(str(n), -0.0005 + n * third, -0.0005 + (n + 1) * third, -0.0005, 0.0005, 1.0) for n in range(3)]
    found = map_of_blocks(blocks, 0.001, 0.001)
    assert len(found.x_edges) == 4
    assert found.shares[0] == pytest.approx((1 / 3,) * 3)


@given(
    cuts=st.lists(st.integers(1, 99), min_size=1, max_size=5, unique=True),
    powers=st.lists(st.floats(0.5, 50.0), min_size=6, max_size=6),
)
def test_blocks_side_by_side_keep_all_power_and_its_place(cuts: list[int], powers: list[float]) -> None:
    ends = [0, *sorted(cuts), 100]
    blocks = [
        Block(str(n), low * 1e-4 - 5e-3, high * 1e-4 - 5e-3, -2e-3, 2e-3, powers[n])
        for n, (low, high) in enumerate(pairwise(ends))
    ]
    found = map_of_blocks(blocks, 0.01, 0.004)
    assert total(found) == pytest.approx(1.0, abs=1e-12)
    assert found.shares[0] == pytest.approx([block.power / found.power for block in blocks])  # type: ignore[operator]


def test_overlapping_blocks_are_refused_by_name() -> None:
    one, other = Block("a", -1e-3, 1e-3, -1e-3, 1e-3, 1.0), Block("b", 0.9e-3, 2e-3, 0.0, 1e-3, 1.0)
    with pytest.raises(ValueError, match="block 'b' overlaps block 'a'"):
        map_of_blocks([one, other], 0.01, 0.01)


def test_blocks_that_only_touch_do_not_overlap() -> None:
    one, other = Block("a", -1e-3, 1e-3, -1e-3, 1e-3, 1.0), Block("b", 1e-3, 2e-3, 0.0, 1e-3, 1.0)
    assert total(map_of_blocks([one, other], 0.01, 0.01)) == pytest.approx(1.0)


def test_blocks_without_power_are_refused() -> None:
    with pytest.raises(ValueError, match="hold no power"):
        map_of_blocks([Block("a", -1e-3, 1e-3, -1e-3, 1e-3, 0.0)], 0.01, 0.01)


@pytest.mark.parametrize("thin", [(0.0, 1e-10, 0.0, 1e-3), (0.0, 1e-3, 0.0, 1e-10), (1e-3, 1e-3, 0.0, 1e-3)])
def test_a_block_without_a_width_is_refused_by_name(thin: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="block 'b' is thinner than 1e-09 m"):
        map_of_blocks([Block("a", -1e-3, 0.0, 0.0, 1e-3, 1.0), Block("b", *thin, 1.0)], 0.01, 0.01)
