"""The only place that knows PostgreSQL's mechanics: transactions, durable steps, events, migrations, the embedded server."""
