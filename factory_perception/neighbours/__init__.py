"""Factory neighbours that speak no ROS: MQTT and OPC UA. Optional; no ROS in here."""
