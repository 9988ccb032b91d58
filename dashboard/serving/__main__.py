"""python -m dashboard.serving DESCRIPTOR: one of several server processes, started by the first."""

import sys

from dashboard.errors import DashboardError
from dashboard.formats import printable
from dashboard.serving.seat import main

try:
    main()
except DashboardError as error:
    sys.stderr.write(f"{printable(str(error))}\n")
    sys.exit(2)
