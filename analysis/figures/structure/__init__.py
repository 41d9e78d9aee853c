"""Figures of the structure, each from one anatomy file; the state that they may be asked for is that of the file."""
