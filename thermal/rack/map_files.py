"""Reads power maps of chips from CSV files and pictures into equal tiles, and puts them in the place of their names."""

from __future__ import annotations

import hashlib
import io
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from thermal.errors import InputError, Problem
from thermal.rack.bundled import bundled_root
from thermal.rack.power_map import MOST_TILES, Tiles
from thermal.rack.source import Document, clean, decoded, read_bytes, shown
from thermal.rack.tree import Location, Mark, Node, dotted, mapping_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["MapFiles", "place_maps", "read_tiles"]

_MOST_BYTES = 64_000_000
_MOST_TOLD = 20  # problems of one file
_KINDS = {"csv": "CSV file", "image": "picture"}
_FORMATS = ("PNG", "JPEG", "BMP", "TIFF")


@dataclass(slots=True)
class MapFiles:
    """What came of the maps that name a file.

    Parameters
    ----------
    parts : dict of str to Node
        The parts, each file name replaced by `Tiles`; a chip whose file is wrong has no map.
    record : list of str
        A line for each file read, with its digest, for the record of a run.
    problems : list of Problem
        What is wrong with the files.
    """

    parts: dict[str, Node]
    record: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def place_maps(parts: Mapping[str, Node], documents: Sequence[Document]) -> MapFiles:
    """Read the files that power maps name, relative to the file in which the map stands.

    They must lie where an include may: below the folder of the rack file, or among the bundled data.

    Parameters
    ----------
    parts : mapping of str to Node
        With `extends` resolved.
    documents : sequence of Document
        The rack file first, then its includes.
    """
    reader = _Reader(documents)
    placed = {name: reader.part(name, part) for name, part in parts.items()}
    return MapFiles(placed, list(reader.record), reader.problems)


class _Reader:
    """Reads every file once, however many parts take it over."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.home = documents[0].path.parent
        self.folders = {document.file: document.path.parent for document in documents}
        self.record: dict[str, None] = {}
        self.problems: list[Problem] = []
        self._read: dict[tuple[Mark, str], Tiles | None] = {}
        self._tiles = 0

    def part(self, name: str, part: Node) -> Node:
        """Return the part with the files of its chips read."""
        body = mapping_of(part).get("body")
        chips = mapping_of(body).get("chips")
        if body is None or chips is None or not isinstance(chips.value, list):
            return part
        location = ("parts", name, "body", "chips")
        placed = [self._chip(chip, (*location, index)) for index, chip in enumerate(chips.value)]
        if all(new is old for new, old in zip(placed, chips.value, strict=True)):
            return part
        return _with(part, "body", _with(body, "chips", replace(chips, value=placed)))

    def _chip(self, chip: Node, location: Location) -> Node:
        given = mapping_of(chip).get("map")
        for kind in _KINDS:
            name = mapping_of(given).get(kind)
            if given is None or name is None or not isinstance(name.value, str):
                continue
            tiles = self._tiles_of(name, kind, (*location, "map", kind))
            if tiles is None:
                rest = {key: child for key, child in mapping_of(chip).items() if key != "map"}
                return replace(chip, value=rest)
            # To the tree a map is one value like any other.
            content: Any = tiles
            return _with(chip, "map", _with(given, kind, replace(name, value=content)))
        return chip

    def _tiles_of(self, name: Node, kind: str, location: Location) -> Tiles | None:
        key = name.mark, str(name.value)
        if key not in self._read:
            self._read[key] = None
            try:
                self._read[key] = self._tiles_in(name, kind)
            except InputError as error:
                self.problems += [_seen_from(name, location, problem) for problem in error.problems]
            except (OSError, ValueError, RuntimeError) as error:
                wrong = f"'{name.value!s:.80}' is no file ({error})"
                self.problems.append(_at(name, location, wrong, "give a path relative to this file"))
        return self._read[key]

    def _tiles_in(self, name: Node, kind: str) -> Tiles:
        text = str(name.value)
        path = self.folders.get(name.mark.file, self.home) / text
        if not path.exists() and (bundled_root() / text).exists():
            path = bundled_root() / text
        content = read_bytes(path, shown(path), (self.home, bundled_root()), _MOST_BYTES, _KINDS[kind])
        tiles = read_tiles(content, kind, shown(path), MOST_TILES - self._tiles)
        self._tiles += len(tiles.shares) * len(tiles.shares[0])
        self.record[f"# --- power map {text}, sha256 {tiles.sha256}\n"] = None
        return replace(tiles, file=text)


def read_tiles(content: bytes, kind: str, file: str, most: int = MOST_TILES) -> Tiles:
    """Return the tiles of a file.

    Parameters
    ----------
    content : bytes
        Of the file.
    kind : str
        ``csv``: rows of watts, the first row at the smallest y. ``image``: brightness as the file holds it, not
        corrected for the eye; its lowest line at the smallest y, transparent parts black.
    file : str
        Its name, for messages.
    most : int
        Tiles it may have.

    Raises
    ------
    InputError
        With the place of every entry that is no power, rows of different lengths, no heat at all, or too many tiles.

    Examples
    --------
    >>> read_tiles(b"1, 3", "csv", "die.csv").shares
    ((0.25, 0.75),)
    """
    if kind == "csv":
        rows = _of_csv(decoded(content, file), file, most)
        power: float | None = math.fsum(math.fsum(row) for row in rows)
    else:
        grid = _of_image(content, file, most)
        rows, power = grid.tolist(), None
    total = math.fsum(math.fsum(row) for row in rows)
    if not 0.0 < total < math.inf:
        wrong = "every tile is zero" if total == 0.0 else f"its tiles sum to {total:g}"
        raise _whole(file, wrong, "give some tile some heat")
    shares = tuple(tuple(entry / total for entry in row) for row in rows)
    return Tiles(shares, power, file, hashlib.sha256(content).hexdigest())


def _of_csv(text: str, file: str, most: int) -> list[list[float]]:
    """Return the rows of numbers; empty lines and those that begin with # do not count."""
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and line.lstrip()[0] != "#"]
    if not lines:
        raise _whole(file, "the file holds no rows", "write rows of watts, such as `1.5, 2, 0`")
    columns = lines[0][1].count(",") + 1
    _check_count(len(lines), columns, file, most)
    rows, problems = [], list[Problem]()
    for number, line in lines:
        entries = line.split(",")
        if len(entries) != columns:
            wrong = f"this row has {len(entries)} entries, the first has {columns}"
            problems.append(Problem(file, number, 1, "file", wrong, "give every row as many entries"))
        problems += _bad_entries(entries, file, number)
        if len(problems) > _MOST_TOLD:
            break
        if not problems:
            rows.append([float(entry) for entry in entries])
    if problems:
        raise InputError([clean(problem) for problem in problems[:_MOST_TOLD]])
    return rows


def _bad_entries(entries: Sequence[str], file: str, line: int) -> Iterator[Problem]:
    """Yield the entries of a row that are no power."""
    column = 1
    for entry in entries:
        try:
            good = 0.0 <= float(entry) < math.inf
            wrong = f"{entry.strip()!r:.40} is no power"
        except ValueError:
            good, wrong = False, f"{entry.strip()!r:.40} is no number"
        if not good:
            right = "write watts from 0 up, without unit or heading, separated by commas"
            yield Problem(file, line, column + len(entry) - len(entry.lstrip()), "file", wrong, right)
        column += len(entry) + 1


def _of_image(content: bytes, file: str, most: int) -> NDArray[np.float64]:
    """Return the brightness of a picture, its lowest line first."""
    # Pillow and NumPy are slow to import and seldom needed here.
    import numpy as np
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about size and odd files: the size is checked here
            with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
                _check_count(picture.height, picture.width, file, most)
                if picture.mode in ("F", "I") or picture.mode.startswith("I;16"):
                    grid = np.asarray(picture, np.float64)
                else:
                    seen = picture.convert("RGBA")
                    black = Image.new("RGBA", seen.size, "black")
                    grid = np.asarray(Image.alpha_composite(black, seen).convert("L"), np.float64)
    except InputError:
        raise
    except Exception as error:  # Pillow raises whatever its decoders do
        right = f"save it as one of {', '.join(_FORMATS)}"
        raise _whole(file, f"the picture cannot be read ({error!s:.200})", right) from None
    if not np.isfinite(grid).all() or grid.min() < 0.0:
        raise _whole(file, "some of its pixels are negative or not finite", "save it as a plain greyscale picture")
    return np.ascontiguousarray(grid[::-1])


def _check_count(rows: int, columns: int, file: str, most: int) -> None:
    if rows * columns > most:
        wrong = f"the map has {rows:,} rows of {columns:,} tiles, {rows * columns:,} in all"
        room = f"at most {MOST_TILES:,}" if most == MOST_TILES else f"all maps of a rack have at most {MOST_TILES:,}"
        raise _whole(file, wrong, f"{room}; make it coarser")


def _whole(file: str, wrong: str, right: str) -> InputError:
    return InputError([clean(Problem(file, 0, 0, "file", wrong, right))])


def _seen_from(name: Node, location: Location, problem: Problem) -> Problem:
    """Put a problem of a whole file at the map that names it; others stay where they are."""
    if problem.line:
        return replace(problem, path=dotted(location))
    return _at(name, location, f"'{name.value!s:.200}': {problem.wrong}", problem.right)


def _at(name: Node, location: Location, wrong: str, right: str) -> Problem:
    return clean(Problem(name.mark.file, name.mark.line, name.mark.column, dotted(location), wrong, right))


def _with(node: Node, key: str, child: Node) -> Node:
    return replace(node, value={**mapping_of(node), key: child})
