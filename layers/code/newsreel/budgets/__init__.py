"""Budgets: how often something may happen to one subject, in fixed windows."""
