"""The typed tree as closures over a `View`: what the engine calls at every event."""
