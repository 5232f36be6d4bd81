"""Who is who: parties, their members and keys, and the log of who did what."""
