"""Joint history to forecast."""
