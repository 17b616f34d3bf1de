"""The processes that ``factory_perception bench`` measures between."""
