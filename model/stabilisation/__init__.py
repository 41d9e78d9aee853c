"""Stabilised in-degrees: the smallest changes of the anatomy that keep the network out of unrealistically high activity."""
