"""How a chart is checked, measured and drawn."""
