"""Results of states that differ in some parameters, side by side."""
