"""Reads a rack: file and includes, changes, schema, sense; every problem at once, or a frozen rack."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from thermal.errors import InputError, Problem
from thermal.rack.bundled import bundled, bundled_path, bundled_root
from thermal.rack.catalogue import Parts, gather, resolve
from thermal.rack.checks import check_sense
from thermal.rack.closures import place_closures
from thermal.rack.fluids import load_coolant, place_fluids
from thermal.rack.map_files import place_maps
from thermal.rack.overrides import apply_overrides, without_dropped
from thermal.rack.problems import schema_problems, suggest
from thermal.rack.provenance import credit_values
from thermal.rack.salvage import Salvaged, salvage
from thermal.rack.schema import Rack, RackFile
from thermal.rack.source import Document, clean, read_yaml
from thermal.rack.tree import Node, mapping_of, plain
from thermal.rack.uncertain import uncertain_values, with_value

__all__ = ["load_coolant", "load_rack", "uncertain_values", "with_value"]


_MOST_PROBLEMS = 500


def load_rack(source: str | Path, overrides: Mapping[str, str] | None = None) -> Rack:
    """Return a rack that was read, checked and converted to SI.

    Parameters
    ----------
    source : str or Path
        A bundled name such as ``gb300_nvl72``, or the path of a YAML file.
    overrides : mapping of str to str, optional
        Changes made before anything is checked, path to text, such as
        ``{"coolant.supply_temperature": "45 degC"}``; list items count from one: ``trays.compute.slots[1]``.

    Raises
    ------
    InputError
        With all problems found in the file, its includes and the changes.

    Examples
    --------
    >>> rack = load_rack("gb300_nvl72", {"coolant.supply_temperature": "45 degC"})
    >>> float(rack.coolant.supply_temperature)
    318.15
    """
    document = _read(source)
    found = gather(document)
    changes = dict(overrides or {})
    top, found.parts, dropped, wrong = apply_overrides(document.root, found.parts, resolve(found).parts, changes)
    parts = resolve(found)
    whole = without_dropped(parts.parts, dropped)
    with_closures, closure_documents, wrong_closures = place_closures(whole, found.documents)
    maps = place_maps(with_closures, found.documents)
    top, fluid_documents, wrong_fluids = place_fluids(_with_parts(top, maps.parts), document)
    problems = [*found.problems, *parts.problems, *wrong, *wrong_closures, *maps.problems, *wrong_fluids]
    try:
        rack = RackFile.model_validate(plain(top))
    except ValidationError as error:
        # What nobody will be shown is not worked out; one more than that says that there is more.
        problems += _without_echo(schema_problems(error, top, RackFile, _MOST_PROBLEMS + 1), problems, parts)
        salvaged = salvage(top)
    else:
        salvaged = Salvaged(rack)
    problems += islice(check_sense(salvaged, top, parts.broken, complete=found.complete), _MOST_PROBLEMS + 1)
    if problems:
        raise InputError(_unique(problems))
    text = _whole_text([*found.documents, *closure_documents, *fluid_documents], maps.record, changes)
    rack = credit_values(rack, top)
    fields = {name: getattr(rack, name) for name in RackFile.model_fields}
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Rack.model_construct(**fields, file=document.file, text=text, sha256=digest)


def _read(source: str | Path) -> Document:
    """Read the rack file itself."""
    text = str(source)
    names = bundled("racks")
    if text in names:
        return read_yaml(bundled_path("racks", text))
    path = Path(source)
    if isinstance(source, str) and "/" not in text and not path.suffix and not _exists(path):
        listing = f"write one of {', '.join(names)}, or the path of a YAML file"
        right = suggest(text, names, listing)
        raise InputError([clean(Problem(text, 0, 0, "rack", "there is no bundled rack of that name", right))])
    return read_yaml(path)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _with_parts(root: Node, parts: Mapping[str, Node]) -> Node:
    """Return the rack with all parts, its own and the included, in `parts`."""
    top = dict(mapping_of(root))
    written = top.get("parts")
    if written is not None and not isinstance(written.value, dict):
        return root
    mark = written.mark if written else root.mark
    top["parts"] = Node(dict(parts), mark, written.key if written else None)
    return replace(root, value=top)


def _without_echo(found: list[Problem], before: list[Problem], parts: Parts) -> list[Problem]:
    """Drop problems that only repeat another: of parts that inherit a bad value, of fluids that were not found."""
    told = {problem.path for problem in before if problem.path.endswith(".fluid")}
    kept: dict[tuple[object, ...], Problem] = {}
    for problem in sorted(found, key=lambda problem: _depth(problem, parts)):
        if problem.path not in told:
            kept.setdefault((problem.file, problem.line, problem.column, problem.wrong), problem)
    return list(kept.values())


def _depth(problem: Problem, parts: Parts) -> int:
    steps = problem.path.split(".")
    return parts.depth.get(steps[1], 0) if steps[0] == "parts" and len(steps) > 1 else 0


def _unique(problems: list[Problem]) -> list[Problem]:
    """Return the problems, each once, cut to those that are shown."""
    found = list(dict.fromkeys(clean(problem) for problem in problems))
    if len(found) > _MOST_PROBLEMS:
        rest = Problem("~", 0, 0, "and so on", f"there are more than {_MOST_PROBLEMS} problems", "mend these first")
        found = [*found[:_MOST_PROBLEMS], rest]
    return found


def _whole_text(documents: list[Document], maps: list[str], changes: Mapping[str, str]) -> str:
    """Join all that the rack was made from, for the record of a run; the same on every machine, so no full paths.

    Of the files of power maps the digests stand for the content.
    """
    folders = [bundled_root().resolve(), *(document.path.parent.resolve() for document in documents[:1])]
    texts = [document.text for document in documents[:1]]
    for document in documents[1:]:
        path = document.path.resolve()
        names = [path.relative_to(folder) for folder in folders if path.is_relative_to(folder)]
        texts.append(f"# --- {names[0].as_posix() if names else path.name}\n{document.text}")
    texts += maps
    texts += [f"# --set {path}={value}\n" for path, value in changes.items()]
    return "".join(text if text.endswith("\n") else f"{text}\n" for text in texts)
