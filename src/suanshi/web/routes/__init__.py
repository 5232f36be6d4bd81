"""The routes of /api/v1, a file for each part of the business; each handler calls one flow."""
