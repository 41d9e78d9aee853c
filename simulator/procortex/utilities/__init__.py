"""What all commands share: atomic writing, errors, arguments, progress, processors, versions."""
