"""`make bench`: how fast the lists, the export and the reply form are, as ratios to bare floors. See docs/performance.md."""
