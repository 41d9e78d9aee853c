"""What the anatomy says about the structure of the network: areas, laminar patterns, probabilities, communities, paths."""
