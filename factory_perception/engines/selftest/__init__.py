"""Prove on the user's own machine that engines build, run and compute what they should."""
