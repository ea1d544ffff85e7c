"""What the service costs, by counted calls: `python -m tools.cost` writes docs/cost.md."""
