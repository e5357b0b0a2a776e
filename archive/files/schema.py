"""Layout of the archive file: how to recognise it, its tables, and the steps that make them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

#: ``PRAGMA application_id``: "ELMP".
APPLICATION_ID = 0x454C4D50

#: Name of the migration set, and its steps in order; ``PRAGMA user_version`` is their number.
MIGRATION_SET = "elitemap"
STEPS = ("m001_first", "m002_members", "m003_remarks")

TABLES = ("run", "axis", "program", "elite", "member", "certificate", "metric", "state", "remark")

# Three traps shape these tables:
# - Queries over a million elites scan the table of elites, so its rows are narrow: programs are
#   apart, keyed by an integer. Objectives and measures are columns, added by
#   elitemap.archive.columns when a name first occurs.
# - Ids are random, so every new one dirties a page of its index. The index holds only the first
#   digits of the ids, which makes it a fifth of the size; queries compare the whole id as well
#   (elitemap.archive.programs). Ids are unique because every insertion asks first.
# - A CHECK with IN and more than two values builds a table for every row, which would take most
#   of the time of writing an elite.
_FIRST = """
CREATE TABLE run (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE CHECK (id <> ''),
  space TEXT NOT NULL,
  target TEXT NOT NULL,
  problem TEXT NOT NULL CHECK (json_valid(problem)),
  options TEXT NOT NULL CHECK (json_valid(options)),
  config TEXT NOT NULL CHECK (json_valid(config)),
  seed INTEGER NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  status TEXT NOT NULL CHECK (status IN ('running', 'done', 'interrupted', 'failed')),
  version TEXT NOT NULL,
  summary TEXT NOT NULL CHECK (json_valid(summary))
) STRICT;
CREATE TABLE axis (
  run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('objective', 'measure')),
  name TEXT NOT NULL,
  PRIMARY KEY (run, kind, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE program (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL CHECK (length(id) = 64),
  body TEXT NOT NULL CHECK (json_valid(body)),
  source TEXT NOT NULL,
  parent TEXT CHECK (length(parent) = 64),
  operator TEXT
) STRICT;
CREATE INDEX program_id ON program (substr(id, 1, 11));
CREATE TABLE elite (
  run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
  slot INTEGER NOT NULL CHECK (slot >= 0),
  program INTEGER NOT NULL REFERENCES program (key),
  cell TEXT NOT NULL CHECK (json_valid(cell)),
  quality REAL NOT NULL,
  status TEXT NOT NULL
    CHECK (status = 'candidate' OR status = 'confirmed' OR status = 'certified'),
  PRIMARY KEY (run, slot)
) STRICT, WITHOUT ROWID;
CREATE TABLE certificate (
  program INTEGER NOT NULL REFERENCES program (key),
  run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
  body TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (program, run)
) STRICT, WITHOUT ROWID;
CREATE TABLE metric (
  run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  at TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (run, step)
) STRICT, WITHOUT ROWID;
CREATE TABLE state (
  run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
  island INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (run, island)
) STRICT;
CREATE VIEW metrics AS
  SELECT run.id AS run, metric.step, metric.at, entry.key AS name, entry.value
  FROM metric JOIN run ON run.key = metric.run, json_each(metric.body) AS entry;
"""

# Members belong to the slot and not to its program: a certificate may change the program.
_MEMBERS = """
CREATE TABLE member (
  run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
  slot INTEGER NOT NULL CHECK (slot >= 0),
  body TEXT NOT NULL CHECK (json_valid(body)),
  number INTEGER NOT NULL CHECK (number >= 0),
  PRIMARY KEY (run, slot, body)
) STRICT, WITHOUT ROWID;
CREATE TABLE new_axis (
  run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('objective', 'measure', 'text')),
  name TEXT NOT NULL,
  PRIMARY KEY (run, kind, name)
) STRICT, WITHOUT ROWID;
INSERT INTO new_axis SELECT run, kind, name FROM axis;
DROP TABLE axis;
ALTER TABLE new_axis RENAME TO axis;
"""

# What people say about programs. The index finds the elites that a program is, in any run; new
# programs have rising keys, so that it grows at its end and costs next to nothing.
_REMARKS = """
CREATE TABLE remark (
  program INTEGER PRIMARY KEY REFERENCES program (key),
  mark TEXT CHECK (length(mark) <= 40),
  note TEXT CHECK (length(note) <= 10000),
  at TEXT NOT NULL
) STRICT;
CREATE INDEX elite_program ON elite (program);
"""


def migrations() -> "Migrations":
    """The steps in order; each runs once per archive and is recorded in it.

    A released step is never changed; a new layout is a new step and a new name in ``STEPS``.
    """
    from sqlite_utils.migrations import Migrations  # half a second where pandas is installed

    steps = Migrations(MIGRATION_SET)

    @steps()
    def m001_first(db: "Database") -> None:
        for statement in _FIRST.split(";\n"):
            db.execute(statement)

    @steps()
    def m002_members(db: "Database") -> None:
        for statement in _MEMBERS.split(";\n"):
            db.execute(statement)

    @steps()
    def m003_remarks(db: "Database") -> None:
        for statement in _REMARKS.split(";\n"):
            db.execute(statement)

    return steps
