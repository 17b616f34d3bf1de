"""Joint states from bytes are what the middleware reads, whatever changes between two of them."""

from __future__ import annotations

from array import array

import numpy as np
import pytest
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import JointState

from factory_perception.bridge.joint_bytes import JointBytes, JointBytesError
from factory_perception.bridge.stamps import StampError

NAMES = ['base', 'shoulder', 'elbow']


def message(names=NAMES, quantities=3, seed=0, frame_id='world', stamp=(5, 7)):
    numbers = np.random.default_rng(seed).normal(size=(3, len(names)))
    arrays = [array('d', row) for row in numbers[:quantities]] + [[]] * (3 - quantities)
    made = JointState(name=list(names))
    made.position, made.velocity, made.effort = arrays
    made.header.frame_id = frame_id
    made.header.stamp.sec, made.header.stamp.nanosec = stamp
    return made


def assert_same(sample, wanted):
    stamp = wanted.header.stamp
    assert (sample.seconds, sample.rest_ns) == (stamp.sec, stamp.nanosec)
    assert (sample.frame_id, list(sample.names)) == (wanted.header.frame_id, wanted.name)
    for ours, theirs in zip(sample[4:], (wanted.position, wanted.velocity, wanted.effort)):
        assert ours.dtype == np.float64 and ours.tolist() == list(theirs)


def parse(data):
    return deserialize_message(data, JointState)


class Reader(JointBytes):
    """Counts how often the middleware is asked to read."""

    def __init__(self):
        self.asked = 0
        super().__init__(self._ask)

    def _ask(self, data):
        self.asked += 1
        return parse(data)


@pytest.mark.parametrize('quantities', [0, 1, 2, 3])
@pytest.mark.parametrize(
    'names', [[], ['a'], ['ab', 'c', 'defg'], NAMES, [f'joint_{n}' for n in range(20)]]
)
@pytest.mark.parametrize('frame_id', ['', 'odom', 'base_link'])
def test_only_the_first_of_a_kind_is_read_by_the_middleware(names, quantities, frame_id):
    reader = Reader()
    for seed in range(5):
        wanted = message(names, quantities, seed, frame_id, stamp=(seed, seed + 1))
        assert_same(reader.read(serialize_message(wanted)), wanted)
    assert reader.asked == 1


def test_whatever_changes_is_seen():
    kinds = [
        message(), message(['base', 'elbow', 'shoulder']), message(NAMES[:2]),
        message(quantities=2), message(quantities=1), message(frame_id='odom'),
        message(['base', 'shoulder', 'elbox']),
    ]  # fmt: skip
    reader = Reader()
    for number in np.random.default_rng(1).integers(len(kinds), size=200):
        assert_same(reader.read(serialize_message(kinds[number])), kinds[number])
    assert 100 < reader.asked < 200


def test_quantities_of_other_lengths_are_given_as_they_are():
    odd = message()
    odd.velocity = array('d', [1.0])
    reader = Reader()
    for one in (message(), odd, odd, message()):
        assert_same(reader.read(serialize_message(one)), one)


def test_the_other_byte_order_is_left_to_the_middleware():
    wanted = message(['a'], 1)
    data = bytearray(serialize_message(wanted))
    swapped = bytes([0, 0, 0, 0]) + b''.join([
        (5).to_bytes(4, 'big'), (7).to_bytes(4, 'big'), (6).to_bytes(4, 'big'), b'world\0\0\0',
        (1).to_bytes(4, 'big'), (2).to_bytes(4, 'big'), b'a\0\0\0',
        (1).to_bytes(4, 'big'), bytes(4), np.array(wanted.position, '>f8').tobytes(), bytes(8),
    ])  # fmt: skip
    reader = Reader()
    for one in (swapped, swapped, bytes(data), swapped):
        assert_same(reader.read(one), wanted)
    assert reader.asked == 4


@pytest.mark.parametrize('length', [0, 1, 4, 12, 30, 70, 100])
def test_what_is_cut_off_is_refused_before_and_after_a_good_one(length):
    reader, data = JointBytes(parse), serialize_message(message())
    for _ in range(2):
        with pytest.raises(JointBytesError, match=f'^{length} bytes are no sensor_msgs/msg/JointS'):
            reader.read(data[:length])
        assert_same(reader.read(data), message())


def test_impossible_stamps_are_told():
    reader = Reader()
    for _ in range(2):
        sample = reader.read(serialize_message(message(stamp=(-1, 0))))
        with pytest.raises(StampError, match='-1 s'):
            sample.sample(9)
    good = reader.read(serialize_message(message()))
    assert good.sample(9).stamp_ns == 5_000_000_007 and good.sample(9).received_ns == 9
