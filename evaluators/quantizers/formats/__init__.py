"""What block quantizers are worth: error, bits, cost of decoding."""
