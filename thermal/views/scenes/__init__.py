"""How a run becomes surfaces, and surfaces a picture or a page."""
