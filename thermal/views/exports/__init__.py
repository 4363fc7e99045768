"""How a run becomes files for other programs."""
