"""Generic mathematics on arrays; knows no physics."""
