"""Formulas as code and as statements in other languages."""

from elitemap.searchspaces.fractions.emission.export import LANGUAGES, export
from elitemap.searchspaces.programs.emission.meta import ExportMeta

__all__ = ["LANGUAGES", "ExportMeta", "export"]
