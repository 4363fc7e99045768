"""Finds the coolant a rack names: bundled, mixed on demand, in a file of the user's, or written into the rack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from thermal.errors import InputError, Problem
from thermal.rack.bundled import bundled, bundled_path, bundled_root
from thermal.rack.coolants import CoolantData
from thermal.rack.problems import schema_problems, suggest
from thermal.rack.source import Document, read_yaml
from thermal.rack.tree import Mark, Node, grown, mapping_of, plain

__all__ = ["load_coolant", "place_fluids"]

_UNITS = {
    "temperature": "K", "density": "kg/m3", "specific_heat": "J/(kg K)", "conductivity": "W/(m K)",
    "viscosity": "Pa s", "vapour_pressure": "Pa",
}  # fmt: skip


def load_coolant(name: str) -> CoolantData:
    """Return a coolant by its bundled name, a glycol mixture such as ``PG30``, or the path of a YAML file.

    Mixtures that are not bundled need CoolProp.

    Raises
    ------
    InputError
        No such coolant, or its file is wrong.

    Examples
    --------
    >>> load_coolant("water").columns.density[0] > 990
    True
    """
    if _is_path(name):
        document = read_yaml(Path(name).expanduser())
        if document.problems:
            raise InputError(document.problems)
        node = document.root
    else:
        node, _ = _named(Node(name, Mark("coolant")))
    try:
        return CoolantData.model_validate(plain(node))
    except ValidationError as error:
        raise InputError(schema_problems(error, node, CoolantData)) from None


def place_fluids(root: Node, home: Document) -> tuple[Node, list[Document], list[Problem]]:
    """Put the tables in the place of the names in ``coolant.fluid`` and ``facility.fluid``.

    Returns the new tree, the files read, and the problems; a fluid that cannot be found leaves its section out, so
    that the rest of the rack can be checked.
    """
    top, documents, problems = dict(mapping_of(root)), [], []
    for section in ("coolant", "facility"):
        fluid = mapping_of(top.get(section)).get("fluid")
        if fluid is None or not isinstance(fluid.value, str):
            continue
        try:
            node, read = _found(fluid, home)
        except InputError as error:
            problems += [replace(problem, path=f"{section}.fluid") for problem in error.problems]
            node, read = Node(None, fluid.mark, fluid.key), []
        documents += read
        problems += [problem for document in read for problem in document.problems]
        top[section] = replace(top[section], value={**mapping_of(top[section]), "fluid": node})
    return replace(root, value=top), documents, problems


def _found(fluid: Node, home: Document) -> tuple[Node, list[Document]]:
    text = str(fluid.value)
    if not _is_path(text):
        return _named(fluid)
    folder = home.path.parent
    try:
        document = read_yaml(folder / text, allowed_roots=(folder, bundled_root()))
    except InputError as error:
        raise InputError([_seen_from(fluid, problem) for problem in error.problems]) from None
    return replace(document.root, key=fluid.key), [document]


def _is_path(text: str) -> bool:
    return "/" in text or text.endswith((".yaml", ".yml"))


def _named(fluid: Node) -> tuple[Node, list[Document]]:
    """Return the tree of a bundled coolant, or of a mixture made on demand."""
    name, known = str(fluid.value), bundled("coolants")
    if name in known:
        document = read_yaml(bundled_path("coolants", name))
        return replace(document.root, key=fluid.key), [document]
    if name[:2] in ("PG", "EG") and name[2:].isdecimal():
        return _mixed(name, fluid), []
    raise InputError([_at(fluid, f"there is no coolant '{name:.80}'", suggest(name, known, _known(known)))])


def _known(known: Sequence[str]) -> str:
    return f"write one of {', '.join(known)}, a glycol mixture such as PG30, or a path such as ./mine.yaml"


def _mixed(name: str, fluid: Node) -> Node:
    # CoolProp and NumPy are slow to import and seldom needed.
    from thermal.rack.mixtures import freezing_temperature, mixture_columns

    try:
        columns, freezing = mixture_columns(name), freezing_temperature(name)
    except ValueError as error:
        raise InputError([_at(fluid, str(error), _known(bundled("coolants")))]) from None
    data = {
        "name": name,
        "title": f"{'Propylene' if name.startswith('P') else 'Ethylene'} glycol {name[2:]} % by volume in water",
        "basis": "published",
        "source": "CoolProp incompressible mixtures, fits to ASHRAE Handbook - Fundamentals (2001)",
        "freezing_temperature": f"{freezing!r} K",
        "columns": {key: {"unit": unit, "values": [float(x) for x in columns[key]]} for key, unit in _UNITS.items()},
    }
    return replace(grown(data, fluid.mark), key=fluid.key)


def _seen_from(fluid: Node, problem: Problem) -> Problem:
    if problem.line:
        return problem
    return _at(fluid, f"'{fluid.value!s:.200}': {problem.wrong}", problem.right)


def _at(fluid: Node, wrong: str, right: str) -> Problem:
    return Problem(fluid.mark.file, fluid.mark.line, fluid.mark.column, "fluid", wrong, right)
