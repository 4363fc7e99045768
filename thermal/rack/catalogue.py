"""Parts of a rack file and of the files it includes, with `extends` resolved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError

from thermal.errors import InputError, Problem
from thermal.rack.bundled import bundled, bundled_path, bundled_root
from thermal.rack.closures import ClosureEntry
from thermal.rack.model import Model, Name
from thermal.rack.parts import Part
from thermal.rack.problems import problem_at, schema_problems, suggest
from thermal.rack.source import Document, read_yaml, shown
from thermal.rack.tree import Credit, Node, credited, dotted, mapping_of, merged, plain

__all__ = ["Catalogue", "CatalogueFile", "Parts", "gather", "part_remedy", "resolve"]

_DEEPEST = 20
_SECTIONS = ("channels", "body")  # of a part, with a basis and source of their own
# of channels: a closure holds for one set of them
_OF_CLOSURE = frozenset({"width", "height", "wall", "conductivity", "length", "split"})


class CatalogueFile(Model):
    """A file of parts, of closures of their channels, or of both."""

    title: str = Field("", description="what the file holds")
    note: str = Field("", description="free text")
    include: tuple[str, ...] = Field((), description="other files with `parts:`")
    parts: dict[Name, Part] = Field(default_factory=dict, description="parts by name")
    closures: dict[Name, ClosureEntry] = Field(
        default_factory=dict, description="computed friction and film of channels, which plates name: resolved/NAME"
    )


@dataclass(slots=True)
class Catalogue:
    """Parts as written, before `extends`.

    Parameters
    ----------
    parts : dict of str to Node
        By name, each with the places of its own file.
    documents : list of Document
        The rack file and its includes, in the order read.
    problems : list of Problem
        What is wrong with the files as such.
    complete : bool
        Whether every include could be read; if not, a missing part is no news.
    """

    parts: dict[str, Node] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    complete: bool = True


@dataclass(slots=True)
class Parts:
    """Parts with `extends` resolved.

    Parameters
    ----------
    parts : dict of str to Node
        By name, with all they take over.
    broken : set of str
        Those whose base is missing or circular.
    problems : list of Problem
        What is wrong with them.
    depth : dict of str to int
        Number of parts each is based on.
    """

    parts: dict[str, Node] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    depth: dict[str, int] = field(default_factory=dict)


def gather(document: Document) -> Catalogue:
    """Read the includes of a rack file, and theirs, and collect all parts."""
    found = Catalogue()
    roots = (document.path.parent, bundled_root())
    _take(document, found, roots, (document.path.resolve(),))
    return found


def _take(document: Document, found: Catalogue, roots: Sequence[Path], chain: tuple[Path, ...]) -> None:
    found.documents.append(document)
    found.problems += document.problems
    if len(found.documents) > 1:
        found.problems += _check_catalogue(document)
    top = mapping_of(document.root)
    for name, part in mapping_of(top.get("parts")).items():
        if name in found.parts:
            first = found.parts[name].place
            wrong = f"part '{name}' is defined twice, first in {first.file}:{first.line}"
            found.problems.append(
                problem_at(document.root, ("parts", name), wrong, "rename one, or let it extend the other")
            )
        else:
            found.parts[name] = part
    include = top.get("include")
    entries = include.value if include is not None and isinstance(include.value, list) else []
    for entry in entries:
        if isinstance(entry.value, str):
            _include(entry, document, found, roots, chain)


def _include(entry: Node, document: Document, found: Catalogue, roots: Sequence[Path], chain: tuple[Path, ...]) -> None:
    """Read one included file, unless it was read before."""
    try:
        path = _included_path(str(entry.value), document.path.parent)
        real = path.resolve()
        _check_chain(entry, chain, real)
        if any(real == other.path.resolve() for other in found.documents):
            return
        inner = read_yaml(path, allowed_roots=roots)
    except InputError as error:
        found.complete = False
        found.problems += [_seen_from(entry, problem) for problem in error.problems]
    except (OSError, ValueError, RuntimeError) as error:
        found.complete = False
        found.problems.append(_at(entry, f"'{entry.value!s:.80}' is no file ({error})", "give a path below this file"))
    else:
        _take(inner, found, roots, (*chain, real))


def _check_chain(entry: Node, chain: tuple[Path, ...], real: Path) -> None:
    if real in chain:
        names = " → ".join(shown(step) for step in (*chain[chain.index(real) :], real))
        raise InputError([_at(entry, f"the include is circular: {names}", "remove one of the includes")])
    if len(chain) > _DEEPEST:
        raise InputError([_at(entry, f"includes are nested more than {_DEEPEST} deep", "include the files here")])


def _included_path(text: str, folder: Path) -> Path:
    """Return the file meant: beside the including file, or else among the bundled data."""
    here = folder / text
    return here if here.exists() or not (bundled_root() / text).exists() else bundled_root() / text


def _seen_from(entry: Node, problem: Problem) -> Problem:
    """Put a problem of a whole file at the include that asks for it; others stay where they are."""
    if problem.line:
        return problem
    return _at(entry, f"'{entry.value!s:.200}': {problem.wrong}", problem.right)


def _at(entry: Node, wrong: str, right: str) -> Problem:
    return Problem(entry.mark.file, entry.mark.line, entry.mark.column, "include", wrong, right)


def _check_catalogue(document: Document) -> list[Problem]:
    """Check what stands beside the parts; the parts are checked with the rack, after `extends`."""
    top = mapping_of(document.root)
    rest = {key: node for key, node in top.items() if key != "parts"}
    if "parts" not in top or isinstance(top["parts"].value, dict):
        rest["parts"] = Node({}, document.root.mark)
    else:
        rest["parts"] = top["parts"]
    tree = replace(document.root, value=rest)
    try:
        CatalogueFile.model_validate(plain(tree))
    except ValidationError as error:
        return schema_problems(error, tree, CatalogueFile)
    return []


def resolve(found: Catalogue) -> Parts:
    """Lay each part over the one it extends, and give every value the basis and source of the part that wrote it."""
    out = Parts()
    for name in found.parts:
        _resolve(name, found, out)
    return out


def _resolve(name: str, found: Catalogue, out: Parts) -> None:
    """Resolve one part and the chain below it, the base first."""
    chain = [name]
    while (base := _base(found.parts[chain[-1]])) is not None and chain[-1] not in out.parts:
        last, node = chain[-1], mapping_of(found.parts[chain[-1]])["extends"]
        if base in chain:
            circle = " → ".join([*chain[chain.index(base) :], base])
            if base == name:
                wrong = f"part '{name}' extends itself: {circle}"
                out.problems.append(_extends(last, node, wrong, "let one of them stand alone"))
            out.broken.update(chain)
            return
        if base not in found.parts or base in out.broken:
            if base not in found.parts and found.complete and last not in out.broken:
                others = (other for other in found.parts if other != last)
                # Near names are looked for as long as somebody will read them.
                right = part_remedy(base, others if len(out.problems) < 100 else ())
                out.problems.append(_extends(last, node, f"there is no part '{base}'", right))
            out.broken.update(chain)
            return
        chain.append(base)
    for step in reversed(chain):
        if step not in out.parts:
            _lay(step, found, out)


def _lay(name: str, found: Catalogue, out: Parts) -> None:
    """Put the finished part `name` into `out`; its base is there already."""
    part = found.parts[name]
    own, base = mapping_of(part), _base(part)
    below = out.parts[base] if base is not None else None
    kind, base_kind = (_text(mapping_of(node).get("kind")) for node in (part, below))
    if below is not None and kind is not None and base_kind is not None and kind != base_kind:
        wrong = f"'{name}' is a {kind}, and '{base}' is a {base_kind}"
        out.problems.append(_extends(name, own["extends"], wrong, f"extend a {kind}"))
        below = None
    inherited = below.credit if below is not None and below.credit else Credit()
    credit = _credit(part, inherited)
    part = credited(_with_sections(part, below, credit), credit)
    if below is not None and mapping_of(own.get("channels")).keys() & _OF_CLOSURE:
        below = _without_closure(below)
    out.parts[name] = part if below is None else replace(merged(below, part), credit=credit)
    out.depth[name] = 0 if base is None else out.depth[base] + 1


def _without_closure(base: Node) -> Node:
    """Return a part without the closure of its channels, for one that extends it with other channels."""
    channels = mapping_of(base).get("channels")
    if channels is None or "closure" not in mapping_of(channels):
        return base
    rest = {key: child for key, child in mapping_of(channels).items() if key != "closure"}
    return replace(base, value={**mapping_of(base), "channels": replace(channels, value=rest)})


def _credit(node: Node, inherited: Credit) -> Credit:
    """Return the basis and source that a part or section states, or takes over."""
    basis, source = (_text(mapping_of(node).get(key)) for key in ("basis", "source"))
    # A source belongs to its basis: a new basis does not take over the old source.
    return Credit(basis or inherited.basis, source or (None if basis else inherited.source))


def _with_sections(part: Node, below: Node | None, credit: Credit) -> Node:
    """Return the part with basis and source given to those sections that have their own, or take it over."""
    if not isinstance(part.value, dict):
        return part
    own = dict(part.value)
    for key in own.keys() & set(_SECTIONS):
        base = mapping_of(below).get(key)
        inherited = base.credit if base is not None and base.credit and _stated(base) else credit
        own[key] = credited(own[key], _credit(own[key], inherited))
    if (layout := own.get("layout")) is not None and isinstance(layout.value, dict):
        spots = {name: credited(spot, _credit(spot, credit)) for name, spot in layout.value.items()}
        own["layout"] = replace(layout, value=dict(spots))
    return replace(part, value=own)


def _stated(section: Node) -> bool:
    return bool(mapping_of(section).keys() & {"basis", "source"})


def _base(part: Node) -> str | None:
    return _text(mapping_of(part).get("extends"))


def _text(node: Node | None) -> str | None:
    return node.value if node is not None and isinstance(node.value, str) else None


def _extends(name: str, node: Node, wrong: str, right: str) -> Problem:
    return Problem(node.mark.file, node.mark.line, node.mark.column, dotted(("parts", name, "extends")), wrong, right)


def part_remedy(name: str, known: Iterable[str]) -> str:
    """Return what to do about a part that is not there: a near name, or the bundled catalogue that has it."""
    if name in _bundled_parts():
        return f"it stands in parts/{_bundled_parts()[name]}.yaml; add that file to `include`"
    return suggest(name, known, "define it below `parts:`, or include the file that does")


@lru_cache(maxsize=1)
def _bundled_parts() -> dict[str, str]:
    """Return the bundled catalogue of each part."""
    out: dict[str, str] = {}
    for catalogue in bundled("parts"):
        with suppress(InputError):
            document = read_yaml(bundled_path("parts", catalogue))
            out.update(dict.fromkeys(mapping_of(mapping_of(document.root).get("parts")), catalogue))
    return out
