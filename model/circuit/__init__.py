"""The network in real numbers: populations, weights, rates, before anything is counted or tabulated."""
