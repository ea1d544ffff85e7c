"""The table beside the accounts: suppressions, editions of the newsletter, and their marks."""
