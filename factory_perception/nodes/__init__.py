"""One thin file a node; the only room that imports rclpy."""
