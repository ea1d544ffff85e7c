"""The mail table: what happened to mails, to whom none goes, budgets; one module per entity."""
