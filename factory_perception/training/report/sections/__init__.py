"""Sections of a report: a pure function each, from arrays to parts."""
