"""Whole functions of 16-bit numbers: bfloat16 or float16 in and out, float32 in between.

A program takes the bits of a number as a word and gives the bits of the result. Conversions are
part of it: they surround a reduction of :mod:`elitemap.searchspaces.elementary.float32`, whose core
a search evolves.
"""
