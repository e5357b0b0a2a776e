"""Formulas as code and as statements in other languages."""

from elitemap.searchspaces.emission.meta import ExportMeta
from elitemap.searchspaces.fractions.emission.export import LANGUAGES, export

__all__ = ["LANGUAGES", "ExportMeta", "export"]
