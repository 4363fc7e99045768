"""``python -m thermal`` is the command line."""

from thermal.cli import main

if __name__ == "__main__":
    main()
