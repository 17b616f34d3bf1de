"""Who looks at what is counted right, whatever happens."""

from __future__ import annotations

import pytest

from factory_perception.page.watch import Watch


def test_viewers_are_counted_even_when_they_fail():
    watch = Watch()
    with watch.viewer(), pytest.raises(RuntimeError), watch.viewer():
        assert watch.viewers == 2
        raise RuntimeError
    assert watch.viewers == 0


def test_cameras():
    watch = Watch()
    watch.move(None, 'left')
    watch.move(None, 'left')
    watch.move('left', 'right')
    assert watch.cameras == {'left', 'right'}
    watch.move('left', None)
    watch.move('right', 'right')
    assert watch.cameras == {'right'}
