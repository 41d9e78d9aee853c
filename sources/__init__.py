"""What comes from outside: registries of the raw anatomical files and of the published NEST and GeNN statistics, fetching, readers."""
