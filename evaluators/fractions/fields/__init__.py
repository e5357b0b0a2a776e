"""Matrix fields: fractions along all directions of a lattice, around one that was found."""
