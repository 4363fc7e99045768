"""Changes given on the command line (``--set coolant.control.value="130 L/min"``), made before anything is checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from thermal.errors import InputError, Problem
from thermal.rack.problems import suggest
from thermal.rack.source import parse_yaml
from thermal.rack.tree import Credit, Location, Mark, Node, is_value, mapping_of, walk
from thermal.units import UnitError, comparable

__all__ = ["apply_overrides", "without_dropped"]

_STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)((?:\[[0-9]{1,6}\])*)")
_NAMED: dict[tuple[str | int, ...], str] = {
    ("parts",): "part",
    ("trays",): "tray group",
    ("trays", "*", "devices"): "device group",
}
_FIXED = {"include": "write a rack file with other includes"}
Dropped: TypeAlias = dict[tuple[str, str], Node]
"""Part and section that were set to null, such as ``("my_plate", "resistance")``."""


def apply_overrides(
    root: Node, parts: dict[str, Node], inherited: Mapping[str, Node], overrides: Mapping[str, str]
) -> tuple[Node, dict[str, Node], Dropped, list[Problem]]:
    """Return the changed rack and parts, sections to drop once parts are resolved, and what is wrong with the changes.

    A whole section of a part (a law, channels, body) that is set to null is dropped from that part alone: parts that
    extend it refine what the file gave it, and would have nothing left to refine. See `without_dropped`.

    Parameters
    ----------
    root : Node
        The rack file.
    parts : dict of str to Node
        Parts as written, includes' parts among them.
    inherited : mapping of str to Node
        The same parts with `extends` resolved, to find what a part takes over.
    overrides : mapping of str to str
        Path to YAML text of the new value.
    """
    parts, problems = dict(parts), list[Problem]()
    dropped: Dropped = {}
    for path, text in overrides.items():
        try:
            location = _location(path, text)
            new = _parsed(path, text)
            if location[0] == "parts" and len(location) > 2:
                name = str(location[1])
                _check_known(parts, name, "part", path, text)
                section = name, str(location[2])
                if new.value is None and len(location) == 3 and _is_section(inherited.get(name), section[1]):
                    dropped[section] = new
                    continue
                dropped.pop(section, None)
                parts[name] = _put(parts[name], inherited.get(name), location[2:], new)
            else:
                _check_named(root, location, path, text)
                root = _put(root, None, location, new)
        except InputError as error:
            problems += error.problems
    return root, parts, dropped, problems


def without_dropped(parts: Mapping[str, Node], dropped: Dropped) -> dict[str, Node]:
    """Return parts, `extends` resolved, without the sections that were set to null."""
    out = dict(parts)
    for (name, section), nothing in dropped.items():
        out[name] = replace(out[name], value={**mapping_of(out[name]), section: nothing})
    return out


def _is_section(part: Node | None, name: str) -> bool:
    return isinstance(getattr(mapping_of(part).get(name), "value", None), dict)


def _location(path: str, text: str) -> tuple[str | int, ...]:
    """Split ``trays.compute.slots[2]``; list items count from one."""
    out: list[str | int] = []
    for step in path.split("."):
        match = _STEP.fullmatch(step)
        if match is None:
            right = "write names joined by dots, list items as in `slots[2]`"
            raise _refuse(path, text, path, f"'{step}' is no step of a path", right)
        out.append(match[1])
        out += [int(index) - 1 for index in re.findall(r"[0-9]+", match[2])]
    if out[0] in _FIXED:
        raise _refuse(path, text, path, f"`{out[0]}` cannot be set", _FIXED[str(out[0])])
    if out[0] == "parts" and len(out) < 3:
        raise _refuse(path, text, path, "a whole part cannot be set", "set one of its values: parts.NAME.FIELD=VALUE")
    return tuple(out)


def _parsed(path: str, text: str) -> Node:
    mark = _mark(path, text)
    try:
        document = parse_yaml(text, mark.file, mapping=False)
    except InputError as error:
        problem = error.problems[0]
        raise _refuse(path, text, path, problem.wrong, problem.right) from None
    if document.problems:
        raise _refuse(path, text, path, document.problems[0].wrong, document.problems[0].right)
    return _moved(document.root, mark)


def _moved(node: Node, mark: Mark) -> Node:
    """Return the tree with all its places at `mark`."""
    value = node.value
    if isinstance(value, dict):
        value = {key: _moved(child, mark) for key, child in value.items()}
    elif isinstance(value, list):
        value = [_moved(child, mark) for child in value]
    return Node(value, mark, mark, Credit("assumed", mark.file))


def _check_named(root: Node, location: Location, path: str, text: str) -> None:
    """Refuse a step to a tray or device group that is not there; misspelt fields are left to the schema."""
    for depth in range(1, len(location)):
        pattern = tuple("*" if index == 1 and depth > 1 else step for index, step in enumerate(location[:depth]))
        if pattern in _NAMED:
            *_, (found, node) = walk(root, location[:depth])
            if len(found) == depth:
                _check_known(mapping_of(node), str(location[depth]), _NAMED[pattern], path, text)


def _check_known(known: Mapping[str, Node], name: str, what: str, path: str, text: str) -> None:
    if name not in known:
        raise _refuse(path, text, path, f"there is no {what} '{name}'", suggest(name, known))


def _put(node: Node | None, below: Node | None, location: Location, new: Node) -> Node:
    """Return `node` with the value at `location` replaced; `below` is what it inherits."""
    seen = node if node is not None else below
    if not location:
        return _kept_range(seen, new)
    step, rest = location[0], location[1:]
    if isinstance(step, int):
        whole = seen.value if seen is not None else None
        if not isinstance(whole, list) or not 0 <= step < len(whole):
            size = len(whole) if isinstance(whole, list) else 0
            right = f"use [1] to [{size}]" if size else "leave the brackets out"
            what = f"there is no item {step + 1}" if size else "there is no list here"
            raise InputError([_problem(new.mark, what, right)])
        items = list(whole)
        items[step] = _put(items[step], None, rest, new)
        return replace(seen, value=items) if seen is not None else new
    if seen is not None and not isinstance(seen.value, dict | None):
        if isinstance(seen.value, list):
            right = f"use [1] to [{len(seen.value)}]"
            raise InputError([_problem(new.mark, f"'{step}' is asked of a list", right)])
        # "135 kW" may be refined as {value: 135 kW, low: …}.
        seen = node = Node({"value": Node(seen.value, seen.mark, seen.mark, seen.credit)}, seen.mark, seen.key)
    own = dict(mapping_of(node))
    inner = mapping_of(below).get(step)
    own[step] = _put(own.get(step), inner, rest, new)
    home = node or below
    return Node(own, home.mark if home else new.mark, home.key if home else new.mark, home.credit if home else None)


def _kept_range(old: Node | None, new: Node) -> Node:
    """Return the new value; a plain one put in place of a value with a range keeps the range where it still holds."""
    if old is None or not is_value(old) or new.value is None or isinstance(new.value, dict | list):
        return new
    fields = {"value": new}
    for key, sign in (("low", 1.0), ("high", -1.0)):
        end = mapping_of(old).get(key)
        if end is not None and _ordered(end, new, sign):
            fields[key] = end
    return Node(fields, new.mark, new.mark, new.credit)


def _ordered(end: Node, new: Node, sign: float) -> bool:
    """Whether ``end <= new`` (sign 1) or ``end >= new`` (sign -1), as far as both are numbers of one unit."""
    try:
        (a, unit_a), (b, unit_b) = (comparable(str(node.value)) for node in (end, new))
    except UnitError:
        return True  # the schema says what is wrong with it
    return unit_a == unit_b and sign * (b - a) >= 0.0


def _mark(path: str, text: str) -> Mark:
    return Mark(f"--set {path}={text}")


def _problem(mark: Mark, wrong: str, right: str) -> Problem:
    path = mark.file.removeprefix("--set ").partition("=")[0]
    return Problem(mark.file, mark.line, mark.column, path, wrong, right)


def _refuse(path: str, text: str, where: str, wrong: str, right: str) -> InputError:
    mark = _mark(path, text)
    return InputError([Problem(mark.file, mark.line, mark.column, where, wrong, right)])
