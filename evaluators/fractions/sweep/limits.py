"""From which sizes on a box is swept in another way."""

#: Boxes of at most so many fractions are identified one by one, at about 0.4 ms each.
WHOLE = 50_000

#: Slowly convergent fractions take longer: in larger boxes only those are identified whose class
#: looks related to the constants in double-double.
WHOLE_SLOW = 2_000

#: Boxes of at most so many fractions are looked up at neighbouring indices, too.
SHIFTED = 2**20

#: Largest coefficient of looked-up values unless one is given.
USUAL = 20
