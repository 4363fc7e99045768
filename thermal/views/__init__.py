"""Results and bills as people read them; functions of data, never of a model."""
