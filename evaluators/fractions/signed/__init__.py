"""Signed simple continued fractions with recurrent quotients, searched for."""
