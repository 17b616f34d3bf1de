"""A package without messages is refused."""

from __future__ import annotations

from message_wheel.package import Package
import pytest


def test_a_package_without_messages_is_refused(tmp_path):
    with pytest.raises(SystemExit, match=r'msg holds no \.msg file'):
        Package('some_msgs', tmp_path, tmp_path / 'scratch', '1.0.0')
