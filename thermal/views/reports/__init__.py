"""What the reports of runs, comparisons and suppliers contain."""
