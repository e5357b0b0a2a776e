"""Whole functions in ``float32``: a range reduction around a core that a search evolves.

A core is a program in ``real``. Written out, it becomes the middle of a program in ``float32``: the
reduction's first part brings the argument to where the core is asked for, its second part makes the
function of the core's value. Documents are whole programs, and the core is found again in them.
"""
