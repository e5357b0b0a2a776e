"""What all drawings of the browser are made of."""
