"""The lines of a file in the order of their arrival: split, surveyed, sorted, and remembered where they end."""
