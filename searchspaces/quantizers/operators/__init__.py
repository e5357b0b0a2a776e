"""Integer operators of one word: exponentials of softmax, GELU, seeds of roots and reciprocals."""
