"""The straight-line program shared by the elementary, optimizer and quantizer spaces."""
