"""Other systems' genetic programming on our task: 2^x on (0, 1], relative error, + - * /."""
