"""`python -m goldentime`, the same as the command `goldentime`."""

import sys

from goldentime.cli import main

if __name__ == "__main__":
    sys.exit(main())
