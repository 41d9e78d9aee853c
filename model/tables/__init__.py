"""Tables: what the model is built from, one row for each area, for each pair of areas, for each population."""

from model.tables.reading import read_tables
from model.tables.tables import Tables
from model.tables.writing import tables_digest, write_tables

__all__ = ["Tables", "read_tables", "tables_digest", "write_tables"]
