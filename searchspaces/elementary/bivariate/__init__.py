"""Functions of two real variables on a box: where they are defined, and what targets are."""
