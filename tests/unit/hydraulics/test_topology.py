"""Which nodes an open path joins to a given pressure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thermal.hydraulics.topology import reachable


def reached(nodes: int, pairs: list[tuple[int, int]], is_open: list[bool], given_nodes: list[int]) -> list[bool]:
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    return reachable(nodes, ends[:, 0], ends[:, 1], np.array(is_open, np.bool_), np.array(given_nodes)).tolist()


def test_a_shut_branch_cuts_off_what_lies_behind_it() -> None:
    pairs = [(0, 1), (1, 2), (2, 3)]
    assert reached(4, pairs, [True] * 3, [0]) == [True] * 4
    assert reached(4, pairs, [True, False, True], [0]) == [True, True, False, False]
    assert reached(4, pairs, [True, False, True], [0, 3]) == [True] * 4


def test_the_direction_of_a_branch_does_not_matter() -> None:
    assert reached(3, [(2, 0), (1, 2)], [True, True], [0]) == [True, True, True]


@pytest.mark.parametrize("given_node", [0, 1])
def test_a_network_without_branches_reaches_its_given_nodes(given_node: int) -> None:
    assert reached(2, [], [], [given_node]) == [given_node == 0, given_node == 1]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans()), max_size=20), st.integers(0, 9))
def test_the_answer_is_that_of_a_search_through_the_graph(edges: list[tuple[int, int, bool]], origin: int) -> None:
    found, front = {origin}, [origin]
    while front:
        node = front.pop()
        for a, b, is_open in edges:
            for here, there in ((a, b), (b, a)):
                if is_open and here == node and there not in found:
                    found.add(there)
                    front.append(there)
    pairs, is_open = [(a, b) for a, b, _ in edges], [o for _, _, o in edges]
    assert reached(10, pairs, is_open, [origin]) == [node in found for node in range(10)]
