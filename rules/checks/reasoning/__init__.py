"""What can be known of a condition before anything happens: whether it can ever be true, or ever be false."""
