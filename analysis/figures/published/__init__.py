"""Figures of Knight and Nowotny (2021), which compare with the published simulations."""
