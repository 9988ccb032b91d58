"""python -m dashboard -> cli."""

from dashboard.cli import main

if __name__ == "__main__":
    main()
