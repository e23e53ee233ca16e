"""Use cases. A function is one use case and never commits; the caller's `transaction` does."""
