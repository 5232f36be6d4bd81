"""`python -m suanshi.app serve`: how the process tree starts its parts."""

from suanshi.app.main import main

main()
