"""How far the published simulations of the resting state lie apart: its pooled histograms are not published, their divergences are."""

from __future__ import annotations

from collections.abc import Mapping

Divergence = Mapping[str, Mapping[str, tuple[float, float]]]
"""Mean and standard deviation of the Kullback-Leibler divergence of pooled distributions, by statistic and layer population."""

DEVIATIONS = 2.0
"""Our seeds may lie apart by the mean of GeNN's and so many standard deviations."""

FROM_NEST: Divergence = {
    "rate": {
        "23E": (0.002053, 0.000125), "23I": (0.003048, 0.00048), "4E": (0.004092, 0.002708), "4I": (0.003952, 0.001593),
        "5E": (0.007891, 0.003963), "5I": (0.004097, 0.000985), "6E": (0.008273, 0.00124), "6I": (0.004119, 0.000415),
    },
    "lvr": {
        "23E": (0.011951, 0.005241), "23I": (0.004018, 0.001027), "4E": (0.016421, 0.007311), "4I": (0.011886, 0.00746),
        "5E": (0.024752, 0.008233), "5I": (0.010695, 0.005263), "6E": (0.001356, 0.000179), "6I": (0.007512, 0.002476),
    },
    "correlation": {
        "23E": (0.013359, 0.007157), "23I": (0.003743, 0.00078), "4E": (0.015381, 0.007247), "4I": (0.012743, 0.006977),
        "5E": (0.026033, 0.013945), "5I": (0.003911, 0.001819), "6E": (0.025279, 0.001606), "6I": (0.002736, 0.001502),
    },
}  # fmt: skip
"""Of three seeds of GeNN from NEST, over the seeds: read from Knight and Nowotny (2021), Fig. 4 (chi = 1.9, 100.5 s)."""

BETWEEN_SEEDS: Divergence = {
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
"""Of the seeds of GeNN from each other, over three pairs; read from the same figure."""


def largest_divergence(statistic: str, population: str) -> float:
    """Largest mean divergence between seeds of the resting state that passes."""
    mean, deviation = BETWEEN_SEEDS[statistic][population]
    return mean + DEVIATIONS * deviation
