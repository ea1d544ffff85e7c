"""The only part of accounts that knows HTTP: models, responses, the session gate."""
