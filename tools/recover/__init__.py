"""Brings what was restored, or what outlived its stack, back into a stack."""
