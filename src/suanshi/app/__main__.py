"""`python -m suanshi.app serve`: how the process tree starts its parts, without the client's command line."""

import sys

from suanshi.app import commands
from suanshi.app.settings import Settings

{"up": commands.up, "serve": commands.serve, "work": commands.work}[sys.argv[1]](Settings())
