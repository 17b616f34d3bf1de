"""Data sets to published models; the only room that imports torch."""
