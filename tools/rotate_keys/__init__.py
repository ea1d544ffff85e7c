"""Commands that change the keys of a deployment, step by step, while it runs."""
