"""Proofs that a run has already, for elites that are written anew when it goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import EliteRecord

#: Proved elites by the id of the program that the search made, which a proof may have polished.
Proved = Mapping[str, EliteRecord]


def proved_before(reader: ArchiveReader, run: str) -> Proved:
    """The elites of a run that are proved.

    Args:
        reader: Of the run's archive.
        run: Its id.
    """
    query = ElitesQuery(run=run, where="status = 'certified'")
    records = [view.record() for view in reader.elites(query)]
    return {made_as(record): record for record in records}


def with_proof(record: EliteRecord, proved: Proved) -> EliteRecord:
    """An elite as the search has it now, or in its place as proved, if its program is."""
    known = proved.get(record.id) if proved else None
    return record if known is None else replace(known, slot=record.slot, cell=record.cell)


def without_proof(records: Sequence[EliteRecord], proved: Proved) -> list[EliteRecord]:
    """Those whose programs are not proved."""
    return [record for record in records if record.id not in proved]


def made_as(record: EliteRecord) -> str:
    """Id of the program that the search made, which a proof may have polished."""
    polished = record.operator == "certify" and record.parent is not None
    return str(record.parent) if polished else record.id
