"""What the service costs: cold starts, calls, processor, bytes, against the budgets it has."""
