"""Plain text as Markdown that reads as just that text."""

from __future__ import annotations

import re

__all__ = ["cell_text", "plain_text"]

# what Markdown, GitHub's tables and HTML give a meaning inside a line; an underscore within a word has none
INLINE = re.compile(r"[\\`*|~<>]|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")
LINK = re.compile(r"\][(\[:]")  # without one of these, brackets are brackets
AT_START = re.compile(r"^(?:#{1,6}(?=\s|$)|[-+](?=\s|$)|[-=]+\s*$|\d{1,9}(?=[.)](?:\s|$)))")
ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def plain_text(text: str) -> str:
    """Return text for a paragraph or a heading: on one line, nothing in it taken for markup.

    >>> plain_text("<b> in gb300_nvl72 & co.")
    '&lt;b&gt; in gb300_nvl72 & co.'
    """
    return AT_START.sub(lambda found: _start(found[0]), cell_text(text))


def cell_text(text: str) -> str:
    """Return text for a cell of a table, which only its inside can break."""
    line = INLINE.sub(_escape, " ".join(text.split()))
    if LINK.search(line):
        line = re.sub(r"[\[\]]", _escape, line)
    return line.replace("$", "\\$") if line.count("$") > 1 else line  # a pair would be read as a formula


def _escape(found: re.Match[str]) -> str:
    return ENTITIES.get(found[0], f"\\{found[0]}")


def _start(mark: str) -> str:
    """Keep a heading, list, rule or underline from beginning; a number's full stop is escaped after it."""
    return mark + "\\" if mark[-1].isdigit() else "\\" + mark
