"""What decides, over all rules, whether and how an action reaches a customer."""
