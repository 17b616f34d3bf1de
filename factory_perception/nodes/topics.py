"""The topics and services of every node, in words: the source of the reference pages.

A test runs the nodes and compares what they really open.
"""

from __future__ import annotations

from dataclasses import dataclass

IN, OUT, SERVICE, CLIENT = 'listens to', 'publishes', 'serves', 'calls'


@dataclass(frozen=True)
class Topic:
    """One topic or service of a node, under the name that it has before remapping."""

    role: str
    name: str
    type_name: str
    text: str
    #: When it is there, for those that are not there all the time the node is active.
    when: str = ''


_JOINTS = 'sensor_msgs/msg/JointState'
_DETECTIONS = 'vision_msgs/msg/Detection2DArray'
_IMAGE = 'sensor_msgs/msg/Image'
_HEALTH = 'diagnostic_msgs/msg/DiagnosticArray'
_TEXT = 'std_msgs/msg/String'
_TRAJECTORY = 'trajectory_msgs/msg/JointTrajectory'

#: What every node has; not repeated in the tables of the nodes.
EVERYWHERE = (Topic(OUT, '/diagnostics', _HEALTH, 'Own health, once a second (REP-107).'),)

_NEWS = (
    Topic(IN, 'detector/detections', _DETECTIONS, 'Parts to count.'),
    Topic(IN, 'detector/label_info', 'vision_msgs/msg/LabelInfo', 'Order of the classes.'),
    Topic(IN, 'fault_diagnoser/events', _TEXT, 'Events as JSON.'),
    Topic(IN, '/diagnostics', _HEALTH, 'Health of all nodes.'),
)
_MATERIAL = 'with a source'
_WATCHED = 'while somebody looks at the page'
TOPICS: dict[str, tuple[Topic, ...]] = {
    'arm_view': (
        Topic(IN, 'joint_states', _JOINTS, 'Where the arm is.'),
        Topic(IN, 'motion_predictor/forecast', _TRAJECTORY, 'Where it will be.'),
        Topic(IN, '/diagnostics', _HEALTH, 'Which joint is not well.'),
        Topic(OUT, 'forecast/joint_states', _JOINTS, 'The second, forecast arm of rviz.'),
        Topic(OUT, '~/markers', 'visualization_msgs/msg/MarkerArray',
              'A ball and a text at each joint that is not well.'),
    ),
    'cell': (
        Topic(IN, '~/conveyor/velocity', 'std_msgs/msg/Float64', 'Speed of the belt, m/s.'),
        Topic(IN, '~/inject', _TEXT, 'A fault as JSON: kind, joint, severity, duration_s.'),
        Topic(OUT, '~/camera/image_raw', _IMAGE, 'The picture, bgr8.'),
        Topic(OUT, '~/camera/camera_info', 'sensor_msgs/msg/CameraInfo', 'Its calibration.'),
        Topic(OUT, 'joint_states', _JOINTS, 'Joints with effort.'),
        Topic(OUT, '~/joint_reference', _JOINTS, 'What the controller was told.'),
        Topic(OUT, '~/conveyor/odometry', 'nav_msgs/msg/Odometry', 'Way and speed of the belt.'),
        Topic(OUT, '~/gt/detections', _DETECTIONS, 'What is really in the picture.'),
        Topic(OUT, '~/gt/faults', _HEALTH, 'The faults that are really there.'),
    ),
    'dashboard': (
        Topic(IN, 'image', _IMAGE, 'The picture; NAME/image with several cameras.', _WATCHED),
        Topic(IN, 'joint_states', _JOINTS, 'Measured curves.', _WATCHED),
        Topic(IN, 'motion_predictor/forecast', _TRAJECTORY, 'Forecast curves.', _WATCHED),
        Topic(IN, 'motion_predictor/forecast_lower', _TRAJECTORY, 'Lower edge of the band.',
              _WATCHED),
        Topic(IN, 'motion_predictor/forecast_upper', _TRAJECTORY, 'Upper edge of the band.',
              _WATCHED),
        Topic(IN, 'detector/detections', _DETECTIONS, 'Boxes and counts.'),
        Topic(IN, 'detector/label_info', 'vision_msgs/msg/LabelInfo', 'Order of the classes.'),
        Topic(IN, 'fault_diagnoser/events', _TEXT, 'Events as JSON.'),
        Topic(IN, '/diagnostics', _HEALTH, 'Health of all nodes.'),
    ),
    'detector': (
        Topic(IN, 'image', _IMAGE,
              'Best effort, depth 1; image/compressed with transport:=compressed, NAME/image '
              'with several cameras.'),
        Topic(IN, 'camera_info', 'sensor_msgs/msg/CameraInfo', 'Geometry of the camera.',
              'with surface_plane'),
        Topic(OUT, '~/detections', _DETECTIONS,
              "In the pixels and under the header of the picture; class_id is the class's name; "
              'empty when nothing is seen.'),
        Topic(OUT, '~/label_info', 'vision_msgs/msg/LabelInfo', 'The classes, latched.'),
        Topic(OUT, '~/overlay', _IMAGE, 'The picture with boxes; drawn while someone listens.'),
        Topic(OUT, '~/markers', 'visualization_msgs/msg/MarkerArray',
              'Boxes on the plane of the objects; while someone listens.'),
    ),
    'fault_diagnoser': (
        Topic(IN, 'joint_states', _JOINTS, 'The robot.'),
        Topic(IN, 'joint_reference', _JOINTS, 'What the controller was told, where it is known.'),
        Topic(IN, 'joint_temperatures', 'sensor_msgs/msg/Temperature',
              'Temperature of a joint; `frame_id` is its name.', 'with `telemetry_model`'),
        Topic(IN, 'detections', _DETECTIONS, 'Parts and defects, for camera and grip.'),
        Topic(IN, '/diagnostics', _HEALTH, 'What the detector says about its pictures.'),
        Topic(OUT, '~/events', _TEXT,
              'What began, changed or ended, as JSON in the shape of VDA 5050 errors; latched.'),
    ),
    'fault_injector': (
        Topic(IN, 'joint_states', _JOINTS, 'The healthy robot.'),
        Topic(IN, '~/inject', _TEXT, 'A fault as JSON.'),
        Topic(OUT, '~/joint_states', _JOINTS, 'The copy with faults in it.'),
        Topic(OUT, '~/gt/faults', _HEALTH, 'The faults that are in it.'),
    ),
    'gazebo_truth': (
        Topic(IN, '~/boxes', _DETECTIONS, "Boxes of Gazebo's own camera."),
        Topic(OUT, 'cell/gt/detections', _DETECTIONS, 'The same with names of classes.'),
    ),
    'joint_state_fuser': (
        Topic(IN, '~/raw', _JOINTS, 'Joints as Gazebo gives them, without effort.'),
        Topic(OUT, 'joint_states', _JOINTS, 'Joints with the effort of the controller.'),
        Topic(OUT, 'cell/joint_reference', _JOINTS, 'What the controller was told.'),
        Topic(OUT, '~/trajectory', _TRAJECTORY, 'The motion for Gazebo.'),
    ),
    'motion_predictor': (
        Topic(IN, 'joint_states', _JOINTS,
              'The robot; best effort. NAME/joint_states with several robots.'),
        Topic(IN, 'robot_description', _TEXT, 'URDF, for the markers; latched.',
              'without the parameter robot_description'),
        Topic(IN, 'joint_reference', _JOINTS, 'What the controller was told.',
              'with a model that needs it'),
        Topic(OUT, '~/forecast', _TRAJECTORY,
              'Positions ahead of the stamp of the joint state, by time_from_start.'),
        Topic(OUT, '~/forecast_lower', _TRAJECTORY, 'Lower edge of the 90 % band.'),
        Topic(OUT, '~/forecast_upper', _TRAJECTORY, 'Upper edge of the 90 % band.'),
        Topic(OUT, '~/residual', _JOINTS, 'Measured less forecast, as positions.'),
        Topic(OUT, '~/markers', 'visualization_msgs/msg/MarkerArray',
              'Forecast way of the tool; while someone listens.'),
    ),
    'mqtt_bridge': _NEWS,
    'opcua_server': _NEWS,
    'part_feeder': (
        Topic(IN, 'cell/conveyor/odometry', 'nav_msgs/msg/Odometry', 'Way of the belt.'),
        Topic(OUT, 'cell/conveyor/velocity', 'std_msgs/msg/Float64', 'Speed of the belt, m/s.'),
        Topic(CLIENT, '/world/factory_cell/set_pose', 'ros_gz_interfaces/srv/SetEntityPose',
              'Sets a part down.'),
    ),
    'replay': (
        Topic(OUT, 'image', _IMAGE, 'Pictures of a folder or video.', _MATERIAL),
        Topic(OUT, 'joint_states', _JOINTS, 'Rows of a table of joints.', _MATERIAL),
        Topic(OUT, '/clock', 'rosgraph_msgs/msg/Clock', 'The time of the material.',
              'with clock'),
    ),
    'sampler': (
        Topic(IN, 'image', _IMAGE, 'The picture.', 'while a sample is due'),
        Topic(IN, 'detector/detections', _DETECTIONS, 'How sure the detector is.'),
        Topic(IN, 'detector/label_info', 'vision_msgs/msg/LabelInfo', 'Classes and threshold.'),
        Topic(IN, 'joint_states', _JOINTS, 'The joints of the robot.', 'with joints'),
        Topic(IN, 'fault_diagnoser/events', _TEXT, 'Which alarms there are.', 'with joints'),
    ),
    'trainer': (
        Topic(SERVICE, '~/start', 'std_srvs/srv/Trigger', 'Begins a training now.'),
        Topic(SERVICE, '~/cancel', 'std_srvs/srv/Trigger', 'Ends it; it can be resumed.'),
        Topic(OUT, '~/progress', 'std_msgs/msg/Float32', 'From 0 to 1, latched.'),
        Topic(OUT, '~/result', _TEXT, 'What came of it, as JSON, latched.'),
    ),
}  # fmt: skip
