"""Samples and forecasts to named faults."""
