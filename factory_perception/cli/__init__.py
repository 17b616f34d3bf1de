"""The factory_perception command."""
