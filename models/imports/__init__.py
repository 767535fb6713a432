"""Imports: a spreadsheet staged row by row, compared with what is known, confirmed,
applied in short commits (A7).

Never the master register: nothing is removed by an import, and an empty cell changes nothing.
"""

from models.imports.tables import Import, ImportRow

__all__ = ["Import", "ImportRow"]
