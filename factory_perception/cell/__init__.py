"""The embedded factory cell: renderer, arm, drives, faults. Also the dataset generator."""
