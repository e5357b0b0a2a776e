"""What continued fractions are worth: sweeps, evolution, identification, certificates, labels."""
