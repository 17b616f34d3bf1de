"""Pixels to detections: image views, letterbox, decoders, NMS, overlay."""
