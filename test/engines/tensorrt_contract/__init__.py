"""NVIDIA's real Python bindings of TensorRT on a stand-in for the library behind them.

The wheels are fetched when the tests run and are never part of this repository.
"""
