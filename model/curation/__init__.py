"""Curation: from the raw files to the tables that the model is built from."""

from model.curation.curate import Curated, curate

__all__ = ["Curated", "curate"]
