"""A circuit as a tree of the very elements it was expanded to, so that each has its place in series and parallel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from thermal.rack.circuit import Circuit, Series, Use
from thermal.rack.expand import Element
from thermal.rack.parts import Assembly, Part, Pipe, Plate

__all__ = ["Block", "Join", "Leaf", "is_wet_plate", "leaves", "nominal_length", "tree"]

_BODY = 0.04  # [m] along the flow, of a coupling, valve, filter or orifice without a box


@dataclass(frozen=True, slots=True)
class Leaf:
    """One element; `label` and `copy` are its name in its tray or assembly and its number there."""

    element: Element
    part: str
    plate: bool
    length: float
    label: str
    copy: int


@dataclass(frozen=True, slots=True)
class Join:
    """Blocks one after the other or side by side; those of an assembly with its label, number and part."""

    parallel: bool
    blocks: tuple[Block, ...]
    label: str = ""
    copy: int = 0
    part: str = ""


Block: TypeAlias = "Leaf | Join"


def tree(circuit: Circuit, parts: Mapping[str, Part], elements: Iterable[Element]) -> Join:
    """Return the tree of a circuit.

    Parameters
    ----------
    circuit : Circuit
        As written.
    parts : mapping
        Parts by name.
    elements : iterable of Element
        Those that `expand` made of this circuit, in its order.
    """
    block = _block(circuit, parts, iter(elements), {})
    return block if isinstance(block, Join) and not block.label else Join(parallel=False, blocks=(block,))


def leaves(block: Block) -> Iterator[Leaf]:
    """Yield the elements of a block in the order of the circuit."""
    if isinstance(block, Leaf):
        yield block
    else:
        for inner in block.blocks:
            yield from leaves(inner)


def is_wet_plate(block: Block) -> bool:
    """Whether a block is a plate or holds one."""
    return any(leaf.plate for leaf in leaves(block))


def nominal_length(block: Block) -> float:
    """Return the length along the flow of a block without plates [m]."""
    if isinstance(block, Leaf):
        return block.length
    lengths = [nominal_length(inner) for inner in block.blocks]
    return max(lengths) if block.parallel else sum(lengths)


def _block(circuit: Circuit, parts: Mapping[str, Part], elements: Iterator[Element], counts: dict[str, int]) -> Block:
    if isinstance(circuit, Use):
        copies = [_use(circuit, parts, elements, counts) for _ in range(circuit.repeat)]
        return copies[0] if len(copies) == 1 else Join(parallel=False, blocks=tuple(copies))
    parallel = not isinstance(circuit, Series)
    entries = circuit.series if isinstance(circuit, Series) else circuit.parallel
    blocks: list[Block] = []
    for entry in entries:
        if isinstance(entry, Use):
            blocks += [_use(entry, parts, elements, counts) for _ in range(entry.repeat)]
        else:
            blocks.append(_block(entry, parts, elements, counts))
    return Join(parallel=parallel, blocks=tuple(blocks))


def _use(use: Use, parts: Mapping[str, Part], elements: Iterator[Element], counts: dict[str, int]) -> Block:
    """Return one copy of a part; names inside an assembly are counted anew."""
    counts[use.label] = counts.get(use.label, 0) + 1
    part = parts[use.part]
    if isinstance(part, Assembly):
        inner = _block(part.circuit, parts, elements, {})
        parallel, blocks = (inner.parallel, inner.blocks) if isinstance(inner, Join) and not inner.label else (
            False, (inner,))  # fmt: skip
        return Join(parallel, blocks, use.label, counts[use.label], use.part)
    return Leaf(next(elements), use.part, isinstance(part, Plate), _length(part), use.label, counts[use.label])


def _length(part: Part) -> float:
    if isinstance(part, Pipe):
        return float(part.length)
    return float(part.box.depth) if part.box is not None and part.box.depth is not None else _BODY
