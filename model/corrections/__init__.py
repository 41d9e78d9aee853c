"""Corrections: where the published model differs from what was meant, by name, each of which can be put right."""
