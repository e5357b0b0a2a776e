"""What a candidate is: representation, primitives, variation, canonical form, emission."""
