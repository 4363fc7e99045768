"""Reads a YAML file, ours or a stranger's, into a tree with the place of every value; refuses what is unsafe.

Only the events of the C parser are used. The tree is built here, without recursion, so that depth and size (aliases
expanded) are bounded before anything grows. Scalars follow YAML 1.2: ``no`` and ``12:30`` are text.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import yaml

from thermal.errors import InputError, Problem
from thermal.rack.tree import Location, Mark, Node, Plain, Scalar, dotted, plain, walk

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_VALUES", "Document", "clean", "decoded", "parse_yaml",
           "read_bytes", "read_yaml", "shown"]  # fmt: skip

MAX_BYTES = 2_000_000
MAX_DEPTH = 60
MAX_VALUES = 200_000

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".inf": float("inf"), "+.inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan"), ".NaN": float("nan"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read.

    Parameters
    ----------
    file : str
        Its name as messages show it.
    path : Path
        Where it lies; the folder against which its own references are resolved.
    root : Node
        Its content with the place of every value.
    text : str
        Its text.
    problems : tuple of Problem
        What is wrong but did not stop the reading, such as a key that stands twice; to be reported with the rest.
    """

    file: str
    path: Path
    root: Node
    text: str
    problems: tuple[Problem, ...] = ()

    @property
    def data(self) -> Plain:
        """The bare content: dict, tuple (for lists), str, int, float, bool, None."""
        return plain(self.root)

    def mark(self, location: Location) -> Mark:
        """Return the place of the value at `location`, or of the nearest thing around it that exists."""
        *_, (_, node) = walk(self.root, location)
        return node.mark


def read_yaml(path: Path, allowed_roots: Sequence[Path] = (), name: str | None = None) -> Document:
    """Read one YAML file whose top is a mapping.

    Parameters
    ----------
    path : Path
        The file.
    allowed_roots : sequence of Path
        When given, the file must lie below one of them, symbolic links followed.
    name : str, optional
        How messages call the file.

    Raises
    ------
    InputError
        The file cannot be read, is not UTF-8, not YAML, not a mapping, or is too large, deep or long.
    """
    file = name or shown(path)
    return parse_yaml(_text_of(path, file, allowed_roots), file, path)


def parse_yaml(text: str, file: str, path: Path | None = None, *, mapping: bool = True) -> Document:
    """Read YAML text; `mapping` says that the top must be a mapping with something in it. Raises InputError."""
    if bad := _UNPRINTABLE.search(text):
        raise _stop(_mark_of(file, text, bad.start()), f"character {bad.group()!a} in the text", "remove it")
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        where = error.problem_mark or error.context_mark
        mark = Mark(file, where.line + 1, where.column + 1) if where else Mark(file)
        about = " ".join(filter(None, [error.problem, error.context and f"({error.context})"]))
        tab = "tab character" in about or "'\\t'" in about
        remedy = "indent with spaces" if tab else "correct the YAML here or on the line above"
        raise _stop(mark, f"not YAML: {about}", remedy) from None
    except yaml.YAMLError as error:
        raise _stop(Mark(file), f"not YAML: {error}", "write plain UTF-8 YAML") from None
    root = builder.root
    if mapping and (root is None or root.value is None):
        raise _stop(Mark(file, 1, 1), "the file is empty", "write a mapping such as `name: my_rack`")
    if mapping and root is not None and not isinstance(root.value, dict):
        what = "a list" if isinstance(root.value, list) else f"the single value {root.value!r:.60}"
        raise _stop(root.mark, f"the top of the file is {what}", "write a mapping such as `name: my_rack`")
    return Document(file, path or Path(), root or Node(None, Mark(file)), text, tuple(builder.problems))


def clean(problem: Problem) -> Problem:
    """Return the problem fit for one line of a terminal: no control characters, nothing endless."""
    file, path, wrong, right = (_printable(text) for text in (problem.file, problem.path, problem.wrong, problem.right))
    return Problem(file, problem.line, problem.column, path, wrong, right)


def _printable(text: str) -> str:
    text = _CONTROL.sub(lambda match: ascii(match[0])[1:-1], text)
    return text if len(text) <= 500 else f"{text[:499]}…"


def shown(path: Path) -> str:
    """Return a short name for messages: relative to the working folder when the file lies below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _stop(mark: Mark, wrong: str, right: str, location: Location = ()) -> InputError:
    return InputError([clean(Problem(mark.file, mark.line, mark.column, dotted(location) or "file", wrong, right))])


def _mark_of(file: str, text: str, index: int) -> Mark:
    return Mark(file, text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1)


def _text_of(path: Path, file: str, allowed_roots: Iterable[Path]) -> str:
    """Return the file's text after checking, in this order, place, kind, size and encoding."""
    return decoded(read_bytes(path, file, allowed_roots, MAX_BYTES, "YAML file"), file)


def read_bytes(path: Path, file: str, allowed_roots: Iterable[Path], most: int, what: str) -> bytes:
    """Return a file's content after checking, in this order, place, kind and size.

    Parameters
    ----------
    path : Path
        The file.
    file : str
        How messages call it.
    allowed_roots : iterable of Path
        When given, the file must lie below one of them, symbolic links followed.
    most : int
        Bytes it may have.
    what : str
        Kind of file expected, for messages.

    Raises
    ------
    InputError
        It cannot be read, lies elsewhere, is no regular file, or is too large.
    """
    whole = Mark(file)
    try:
        real = path.resolve()
        roots = [root.resolve() for root in allowed_roots]
        if roots and not any(real.is_relative_to(root) for root in roots):
            allowed = " or ".join(dict.fromkeys(str(root) for root in roots))
            raise _stop(whole, f"the file lies outside the allowed folders (at {real})", f"put it below {allowed}")
        status = real.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise _stop(whole, f"this is {kind}", f"give the path of a {what}")
        with real.open("rb") as stream:
            content = stream.read(most + 1) if status.st_size <= most else b""
    except FileNotFoundError:
        raise _stop(whole, "there is no such file", _similar_file(path)) from None
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, InputError):
            raise
        why = getattr(error, "strerror", None) or str(error)
        raise _stop(whole, f"the file cannot be read ({why})", f"give the path of a {what}") from None
    if status.st_size > most or len(content) > most:
        size, kind = max(status.st_size, len(content)) / 1e6, "definition" if what == "YAML file" else what
        raise _stop(whole, f"the file has {size:.7g} MB", f"a {kind} has at most {most / 1e6:.0f} MB")
    return content


def decoded(content: bytes, file: str) -> str:
    """Return bytes as text; raises InputError with the place of the first that is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        byte = content[error.start]
        mark = _mark_of(file, before, len(before))
        raise _stop(mark, f"byte 0x{byte:02x} is not UTF-8", "save the file as UTF-8") from None


def _similar_file(path: Path) -> str:
    """Return a remedy naming a file of that folder with a similar name."""
    try:
        names = [entry.name for entry in path.parent.iterdir()][:1000]
    except (OSError, ValueError):
        return f"there is no readable folder {path.parent!s:.200} either; check the path"
    close = get_close_matches(path.name, names, n=1)
    return f"did you mean '{path.parent / close[0]}'?" if close else "check the path"


@dataclass(slots=True)
class _Frame:
    """A collection under construction."""

    node: Node
    anchor: str | None
    pending: tuple[str, Mark] | None = None  # a key that waits for its value
    expects_key: bool = False
    size: int = 1
    depth: int = 1
    lines: dict[str, int] = field(default_factory=dict)


class _Builder:
    """Builds the tree from parser events, one frame per open collection."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self._frames: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int, int]] = {}
        self._documents = 0
        self._here = Mark(file)

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        start = event.start_mark
        mark = self._here = Mark(self.file, start.line + 1, start.column + 1) if start else Mark(self.file)
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise _stop(mark, "a second YAML document starts here", "keep one document per file")
            case yaml.ScalarEvent():
                self._check_tag(event.tag, mark)
                value = _scalar(event.value) if event.style in (None, "") else event.value
                self._add(Node(value, mark), 1, 1, event.anchor, event.value)
            case yaml.AliasEvent():
                if event.anchor not in self._anchors:
                    raise _stop(mark, f"alias *{event.anchor} has no finished anchor before it", "write the value out")
                node, size, depth = self._anchors[event.anchor]
                # A new node: the content is shared, the key's place is not.
                self._add(Node(node.value, node.mark), size, depth, None, None)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._check_tag(event.tag, mark)
                self._open(event, mark)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                frame = self._frames.pop()
                self._add(frame.node, frame.size, frame.depth, frame.anchor, None)

    def _check_tag(self, tag: str | None, mark: Mark) -> None:
        if tag is not None:
            self.problems += _stop(mark, f"tag {tag!r:.80} is not allowed", "remove the tag").problems

    def _open(self, event: yaml.CollectionStartEvent, mark: Mark) -> None:
        if len(self._frames) >= MAX_DEPTH:
            raise _stop(mark, f"nested deeper than {MAX_DEPTH} levels", "write a flatter file")
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        node = Node({} if is_mapping else [], mark)
        self._frames.append(_Frame(node, event.anchor, expects_key=is_mapping))

    def _add(self, node: Node, size: int, depth: int, anchor: str | None, text: str | None) -> None:
        """Put a finished node where it belongs: the top, a list, a mapping's key or its value."""
        if anchor is not None:
            self._anchors[anchor] = (node, size, depth)
        if not self._frames:
            self.root = node
            return
        frame = self._frames[-1]
        frame.size += size
        frame.depth = max(frame.depth, depth + 1)
        if frame.size > MAX_VALUES:
            raise _stop(self._here, f"expands to more than {MAX_VALUES} values", "use fewer aliases and a smaller file")
        if frame.depth + len(self._frames) > MAX_DEPTH:
            raise _stop(self._here, f"nested deeper than {MAX_DEPTH} levels", "write a flatter file")
        if isinstance(frame.node.value, list):
            frame.node.value.append(node)
        elif frame.expects_key:
            frame.pending = self._key(frame, node, text)
            frame.expects_key = False
        else:
            if frame.pending is not None and isinstance(frame.node.value, dict):
                key, node.key = frame.pending
                frame.node.value[key] = node
            frame.expects_key = True

    def _key(self, frame: _Frame, node: Node, text: str | None) -> tuple[str, Mark] | None:
        """Return a key with its place, or None (with a problem) for a key that cannot be used."""
        mark = node.mark
        if not isinstance(node.value, str):
            what = "a list or mapping" if text is None else f"{text or 'nothing'!r}"
            self.problems += _stop(mark, f"a key is {what}, not text", "write a word as the key").problems
            return None
        key = node.value
        if key == "<<":
            self.problems += _stop(mark, "merge keys (<<) are not read", "write `extends: other_part`").problems
            return None
        if key in frame.lines:
            wrong = f"key {key!r:.80} stands twice, first in line {frame.lines[key]}"
            self.problems += _stop(mark, wrong, "keep one of the two", (key,)).problems
            return None
        frame.lines[key] = mark.line
        return key, mark


def _scalar(text: str) -> Scalar:
    """Read an unquoted scalar by the YAML 1.2 core schema, decimal numbers only."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
