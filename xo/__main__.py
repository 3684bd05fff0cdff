"""`python -m xo`."""

from xo.cli import main

if __name__ == "__main__":
    main()
