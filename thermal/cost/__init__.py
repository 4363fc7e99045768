"""Money: what a rack's cooling parts cost, by published price books, counted from the expanded rack."""
