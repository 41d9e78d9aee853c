"""How far the published seeds of GeNN lie apart in the resting state, whose pooled histograms are not published."""

from __future__ import annotations

from collections.abc import Mapping

DEVIATIONS = 2.0
"""Our seeds may lie apart by the mean of GeNN's and so many standard deviations."""

DIVERGENCE: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "rate": {
        "23E": (0.003066, 0.001085), "23I": (0.003578, 0.000965), "4E": (0.008323, 0.005131), "4I": (0.007632, 0.003605),
        "5E": (0.014435, 0.007821), "5I": (0.006042, 0.001642), "6E": (0.003109, 0.000325), "6I": (0.005163, 0.001093),
    },
    "lvr": {
        "23E": (0.013123, 0.003533), "23I": (0.006513, 0.002404), "4E": (0.033129, 0.020088), "4I": (0.025915, 0.013342),
        "5E": (0.049962, 0.018733), "5I": (0.020701, 0.010812), "6E": (0.00196, 0.001081), "6I": (0.015708, 0.00931),
    },
    "correlation": {
        "23E": (0.015298, 0.004447), "23I": (0.005613, 0.001908), "4E": (0.023366, 0.009879), "4I": (0.020451, 0.008864),
        "5E": (0.042494, 0.020565), "5I": (0.006568, 0.002676), "6E": (0.026553, 0.002596), "6I": (0.005131, 0.002837),
    },
}  # fmt: skip
"""Mean and standard deviation over three pairs of seeds of the Kullback-Leibler divergence of pooled distributions, by statistic and
layer population: read from Knight and Nowotny (2021), Fig. 4 (chi = 1.9, 100.5 s)."""


def largest_divergence(statistic: str, population: str) -> float:
    """Largest mean divergence between seeds of the resting state that passes."""
    mean, deviation = DIVERGENCE[statistic][population]
    return mean + DEVIATIONS * deviation
