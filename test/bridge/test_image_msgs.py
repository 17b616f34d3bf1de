"""Image messages share the memory of arrays, both ways."""

from __future__ import annotations

import numpy as np
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from factory_perception.bridge.image_msgs import read_image, write_image


def test_there_over_the_wire_and_back():
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    message = write_image(pixels, 'rgb8', Header(frame_id='cam'))
    back = deserialize_message(serialize_message(message), Image)
    assert (back.height, back.width, back.step, back.encoding) == (5, 7, 21, 'rgb8')
    image = read_image(back)
    assert image.order == 'rgb' and np.array_equal(image.pixels, pixels)
    assert np.shares_memory(image.pixels, np.frombuffer(back.data, np.uint8))


def test_writing_copies_nothing():
    pixels = np.zeros((4, 4, 3), np.uint8)
    message = write_image(pixels, 'bgr8', Header())
    assert np.shares_memory(np.asarray(message._data), pixels)


def test_a_cut_out_is_packed():
    pixels = np.arange(5 * 8, dtype=np.uint8).reshape(5, 8)
    message = write_image(pixels[:, 2:5], 'mono8', Header())
    assert message.step == 3
    assert np.array_equal(read_image(message).pixels, pixels[:, 2:5])


def test_16_bit_pixels():
    pixels = np.array([[256, 513]], np.uint16)
    message = write_image(pixels, 'mono16', Header())
    assert message.step == 4
    assert read_image(message).pixels.tolist() == [[1, 2]]
