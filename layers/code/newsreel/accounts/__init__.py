"""Accounts: proof of an address, passwords, sessions. Rules here; DynamoDB in ``table`` alone."""
