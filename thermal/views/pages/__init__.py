"""How a report becomes a page or Markdown."""
