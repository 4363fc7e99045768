"""One run: a rack goes in, results come out."""
