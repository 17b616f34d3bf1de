"""TensorRT on an NVIDIA GPU: build a plan from ONNX, keep it, run it, and prove what it runs."""
