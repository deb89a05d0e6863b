"""The published contract: what producers may send, what channels and readers of decisions get, and on which topics."""
