"""Block quantizers: how weights become codes and scales, and what level a code stands for."""
