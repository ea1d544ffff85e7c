"""The AWS clients, and how their items, secrets, errors and transactions are handled."""
