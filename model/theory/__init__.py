"""Mean-field theory: stationary rates of all populations, and how stable they are."""
