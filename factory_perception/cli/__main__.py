"""Run the command as ``python -m factory_perception.cli``."""

import sys

from factory_perception.cli.main import main

sys.exit(main())
