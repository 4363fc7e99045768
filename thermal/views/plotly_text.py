"""Plain text as plotly shows it unchanged."""

from __future__ import annotations

import html

__all__ = ["escaped"]


def escaped(text: str) -> str:
    """Return plain text for plotly, which takes its texts for a subset of HTML; line feeds become its breaks.

    >>> escaped("<b>a & b")
    '&lt;b&gt;a &amp; b'
    """
    return html.escape(text, quote=False).replace("\n", "<br>")
