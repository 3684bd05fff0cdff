"""`python -m report_builder`."""

from report_builder.cli import main

if __name__ == "__main__":
    main()
