"""Programs written out as code in other languages, with provenance, certificate and self-test."""

from elitemap.searchspaces.programs.emission.export import LANGUAGES, export
from elitemap.searchspaces.programs.emission.meta import ExportMeta

__all__ = ["LANGUAGES", "ExportMeta", "export"]
