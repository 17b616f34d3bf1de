"""Networks in plain torch; every one exports to static ONNX."""
