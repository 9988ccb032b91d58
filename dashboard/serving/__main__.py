"""python -m dashboard.serving DESCRIPTOR: one of several server processes, started by the first."""

import gc
import sys

gc.disable()  # what is loaded stays: looking for rubbish in it takes a tenth of the time

from dashboard.errors import DashboardError  # noqa: E402  # after gc
from dashboard.formats import printable  # noqa: E402  # after gc
from dashboard.serving.seat import main  # noqa: E402  # after gc

gc.freeze()
gc.enable()

try:
    main()
except DashboardError as error:
    sys.stderr.write(f"{printable(str(error))}\n")
    sys.exit(2)
