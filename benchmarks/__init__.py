"""`make bench`: how fast lists, export, reply form and dispatch decision are, the first three as ratios to bare floors. See docs/performance.md."""
