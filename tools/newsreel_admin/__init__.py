"""Commands for whoever runs a deployment: they read what is stored, and change nothing."""
