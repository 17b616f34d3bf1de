"""How fast the engine alone is, on one core."""

from __future__ import annotations

import statistics
import time
from typing import Any

from factory_perception.engines.selection import available, open_engine
from factory_perception.model_store.store import default_store

RUNS = 200


def measure_engine(model: str) -> dict[str, Any]:
    """Time single pictures through each usable backend, with one thread."""
    folder = default_store().find(model)
    results: dict[str, Any] = {}
    for backend, reason in available().items():
        if reason:
            results[backend] = {'unavailable': reason}
            continue
        with open_engine(folder, backend) as engine:
            engine.warm_up(10)
            buffers = engine.buffers()
            times = []
            for _ in range(RUNS):
                start = time.perf_counter()
                engine.infer(buffers)
                times.append((time.perf_counter() - start) * 1e3)
            results[backend] = {
                'precision': engine.info.precision,
                'device': engine.info.device,
                'ms': spread(times),
                'pictures_per_second': round(1e3 / statistics.median(times), 1),
            }
    return {'model': folder.label, 'input': str(folder.manifest.inputs[0]), 'backends': results}


def spread(values: list[float]) -> dict[str, float]:
    """Give p50, p95 and p99 of some values."""
    if not values:
        return {}
    ordered = sorted(values)
    at = {'p50': 0.50, 'p95': 0.95, 'p99': 0.99}
    last = len(ordered) - 1
    return {name: round(ordered[round(share * last)], 3) for name, share in at.items()}
