"""The technical grant: which cards a lease holds, from when to when, and how an engine runs the work on them."""
