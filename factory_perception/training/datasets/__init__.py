"""Data sets on disk, whatever they were stored as. No torch: ``evaluate`` reads them too."""
