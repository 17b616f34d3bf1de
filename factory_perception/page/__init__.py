"""The page for the browser: what it shows, who may see it, and the server; no ROS in here."""
