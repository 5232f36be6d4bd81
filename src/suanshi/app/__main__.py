"""`python -m suanshi.app serve`: how the process tree starts its parts, each with no more code than it needs.

Loading everything takes seconds of a processor; a part that was killed must be back sooner.
"""

import sys

from suanshi.app.settings import Settings

match sys.argv[1]:
    case "serve":
        from suanshi.app.serving import serve as part
    case "work":
        from suanshi.app.working import work as part
    case _:
        from suanshi.app.processes import up as part

part(Settings())
