"""What the figures compute from theory, stabilisation and anatomy files."""
