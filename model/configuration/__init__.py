"""Configuration of experiments: parameter groups, overlays, validation."""

from model.configuration.experiment import Experiment, Parameters
from model.configuration.loading import load_experiment, resolve_parameters

__all__ = ["Experiment", "Parameters", "load_experiment", "resolve_parameters"]
