"""What tests of Beforehand, and of those who build on it, need from the runtime."""
