"""What came out of a run, as labelled tables, and how a run is stored."""
