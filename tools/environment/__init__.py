"""What ``tools/bootstrap.py`` makes ``.venv`` with; the standard library is all there is yet."""
