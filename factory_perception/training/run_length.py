"""How long a run is: its epochs as given, or as many as its steps take.

A network learns by steps: two hundred pictures must be gone through far more often than ten
thousand to teach anything, and the time that a run takes is that of its steps.
"""

from __future__ import annotations

from dataclasses import replace
import math

from factory_perception.training.settings import TrainingSettings

#: So often a run is validated that leaves it to the trainer.
_VALIDATIONS = 15


def with_length(settings: TrainingSettings, batches_per_epoch: int) -> TrainingSettings:
    """Settle ``fit.epochs`` and ``fit.validate_every`` where they are 0."""
    how = settings.fit
    batches = how.steps * how.accumulate
    epochs = how.epochs or math.ceil(batches / batches_per_epoch)
    every = how.validate_every or math.ceil(epochs / _VALIDATIONS)
    return replace(settings, fit=replace(how, epochs=epochs, validate_every=every))
