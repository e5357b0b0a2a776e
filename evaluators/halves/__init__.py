"""What whole functions of 16-bit numbers are worth, and the proof of it at all 65,536 arguments."""
