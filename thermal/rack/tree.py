"""A YAML file as a tree that remembers where each value stands, so that merging and editing keep the places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

__all__ = ["Credit", "Location", "Mark", "Node", "Plain", "Scalar", "credited", "dotted", "grown", "is_value",
           "mapping_of", "merged", "plain", "walk"]  # fmt: skip

Scalar: TypeAlias = str | int | float | bool | None
Plain: TypeAlias = "Scalar | dict[str, Plain] | tuple[Plain, ...]"
Location: TypeAlias = Sequence[str | int]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file: name as shown to the user, one-based line and column (0 when the whole file is meant)."""

    file: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Credit:
    """Basis and source that a part states for all of its values."""

    basis: str | None = None
    source: str | None = None


@dataclass(slots=True)
class Node:
    """One value of a file.

    Parameters
    ----------
    value : str, int, float, bool, None, dict of str to Node, or list of Node
        Content; mappings and lists hold nodes.
    mark : Mark
        Where the value starts.
    key : Mark or None
        Where its key stands; None for list items and the top.
    credit : Credit or None
        Default basis and source, from the part that wrote the value.
    """

    value: Scalar | dict[str, Node] | list[Node]
    mark: Mark
    key: Mark | None = None
    credit: Credit | None = field(default=None, compare=False)

    @property
    def place(self) -> Mark:
        """Where a message about the whole entry points: its key, or the value itself."""
        return self.key or self.mark


def plain(node: Node) -> Plain:
    """Return the bare data: dict, tuple (for lists) and scalars."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return tuple(plain(child) for child in node.value)
    return node.value


def mapping_of(node: Node | None) -> Mapping[str, Node]:
    """Return the node's mapping, or an empty one when it is absent or something else."""
    return node.value if node is not None and isinstance(node.value, dict) else {}


def walk(node: Node, location: Location) -> Iterator[tuple[Location, Node]]:
    """Yield the nodes along `location`, the top first, as far as it exists."""
    yield (), node
    for depth, step in enumerate(location, start=1):
        value = node.value
        child = value.get(step) if isinstance(value, dict) and isinstance(step, str) else None
        if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            child = value[step]
        if child is None:
            return
        node = child
        yield tuple(location[:depth]), node


def grown(data: object, mark: Mark, credit: Credit | None = None) -> Node:
    """Return bare data as a tree all of whose values stand at `mark`."""
    value: Scalar | dict[str, Node] | list[Node]
    if isinstance(data, dict):
        value = {str(key): grown(child, mark) for key, child in data.items()}
    elif isinstance(data, list | tuple):
        value = [grown(child, mark) for child in data]
    else:
        value = data if data is None or isinstance(data, str | int | float) else str(data)
    return Node(value, mark, mark, credit)


def credited(node: Node, credit: Credit) -> Node:
    """Return a copy whose values carry `credit`, unless they have their own."""
    value = node.value
    if isinstance(value, dict):
        value = {key: credited(child, credit) for key, child in value.items()}
    elif isinstance(value, list):
        value = [credited(child, credit) for child in value]
    return replace(node, value=value, credit=node.credit or credit)


_VALUE_KEYS = frozenset({"value", "low", "high", "basis", "source"})
_CHOICES = tuple(
    tuple(frozenset(alternative.split("+")) for alternative in group.split())
    for group in (
        "quadratic table point", "power table response", "table coefficients", "cv kv table", "series parallel",
        "junction_to_case stack", "areal_resistance thickness+conductivity",
    )
)  # fmt: skip
"""Keys that stand for one another when a part extends another; those joined by ``+`` go together."""


def is_value(node: Node) -> bool:
    """Whether the node is one value written as ``{value, low, high, basis, source}``."""
    return isinstance(node.value, dict) and "value" in node.value and node.value.keys() <= _VALUE_KEYS


def merged(base: Node, over: Node) -> Node:
    """Return `base` with `over` laid on it: mappings key by key, everything else replaced.

    A value given anew replaces the old one with its range and source, and one of several alternatives (such as a
    table instead of a power law) replaces the other.
    """
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)) or (is_value(base) and is_value(over)):
        return over
    together = dict(base.value)
    for group in _CHOICES:
        if any(over.value.keys() & alternative for alternative in group):
            left = frozenset[str]().union(*(keys for keys in group if not over.value.keys() & keys))
            together = {key: child for key, child in together.items() if key not in left}
    for key, child in over.value.items():
        together[key] = merged(together[key], child) if key in together else child
    return replace(over, value=together)


def dotted(location: Location) -> str:
    """Write a location as messages and ``--set`` do, list items counted from one: ``trays.compute.slots[2]``."""
    out = ""
    for step in location:
        out += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if out else step
    return out
