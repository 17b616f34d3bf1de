"""ROS messages to arrays and dataclasses and back; message classes, no rclpy."""
