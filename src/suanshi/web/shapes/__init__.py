"""What travels over the wire: each request and answer of the API, with its limits; an unknown field is an error."""
