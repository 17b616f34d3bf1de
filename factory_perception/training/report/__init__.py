"""Reports on trainings: one page that explains itself, and the numbers behind it."""
