"""What entries of ``float32`` cost on this CPU: random programs, timed, and a model fitted."""
