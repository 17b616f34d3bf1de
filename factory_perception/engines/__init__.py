"""Run one model file: TensorRT, ONNX Runtime or OpenVINO behind one door."""
