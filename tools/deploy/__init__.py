"""Deploys a stage, and says whether it is still what was deployed."""
