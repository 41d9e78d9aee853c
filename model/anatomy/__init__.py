"""Anatomy: tables to neuron numbers, in-degrees and distances of the 32 areas."""

from model.anatomy.build import Anatomy, build_anatomy
from model.anatomy.parameters import AnatomyParameters

__all__ = ["Anatomy", "AnatomyParameters", "build_anatomy"]
