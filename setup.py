"""Build file of the ament_python package factory_perception."""

from glob import glob
import os

from setuptools import find_packages, setup

PACKAGE = 'factory_perception'
DATA_FOLDERS = ('launch', 'config', 'models', 'urdf', 'worlds')


def share_files():
    """List what is installed to share/factory_perception, folder by folder."""
    files = [
        ('share/ament_index/resource_index/packages', [f'resource/{PACKAGE}']),
        (f'share/{PACKAGE}', ['package.xml']),
    ]
    for top in DATA_FOLDERS:
        for folder, _, names in sorted(os.walk(top)):
            kept = [f'{folder}/{name}' for name in sorted(names) if not name.endswith('.pyc')]
            if kept and '__pycache__' not in folder:
                files.append((f'share/{PACKAGE}/{folder}', kept))
    if os.environ.get('COLCON'):  # its console scripts are not on the PATH; those of pip are
        files.append(('bin', [f'resource/bin/{PACKAGE}']))
    return files


setup(
    name=PACKAGE,
    version='0.1.0',
    packages=find_packages(include=[PACKAGE, f'{PACKAGE}.*']),
    package_data={
        PACKAGE: [
            os.path.relpath(path, PACKAGE)
            for pattern in ('**/*.json', 'page/files/*')
            for path in glob(f'{PACKAGE}/{pattern}', recursive=True)
        ]
        + ['py.typed']
    },
    data_files=share_files(),
    install_requires=['setuptools'],
    extras_require={
        'runtime': [
            'aiohttp>=3.9',
            'numpy',
            'onnxruntime',
            'opencv-python-headless',
            'jsonschema',
            'PyYAML',
            'pycocotools',
            'rich',
            'rosbags',
        ],
        'test': ['pytest', 'hypothesis', 'onnx'],  # colcon test looks here for pytest
        'openvino': ['openvino'],
        'mqtt': ['paho-mqtt>=2.0'],
        'opcua': ['asyncua'],  # LGPL: optional, imported by that one node only
        'tensorboard': ['tensorboardX'],
        'train': ['torch', 'torchvision', 'onnx', 'onnxscript'],
    },
    zip_safe=False,
    author='factory_perception maintainers',
    maintainer='factory_perception maintainers',
    maintainer_email='maintainers@example.com',
    description='Learned vision and joint-fault diagnosis for factory robots on ROS 2.',
    license='Apache-2.0',
    python_requires='>=3.10',
    entry_points={
        'console_scripts': [
            f'factory_perception = {PACKAGE}.cli.main:main',
            f'detector = {PACKAGE}.nodes.detector:main',
            f'cell = {PACKAGE}.nodes.cell:main',
            f'dashboard = {PACKAGE}.nodes.dashboard:main',
            f'fault_diagnoser = {PACKAGE}.nodes.fault_diagnoser:main',
            f'fault_injector = {PACKAGE}.nodes.fault_injector:main',
            f'motion_predictor = {PACKAGE}.nodes.motion_predictor:main',
            f'mqtt_bridge = {PACKAGE}.nodes.mqtt_bridge:main',
            f'opcua_server = {PACKAGE}.nodes.opcua_server:main',
            f'replay = {PACKAGE}.nodes.replay:main',
            f'sampler = {PACKAGE}.nodes.sampler:main',
            f'trainer = {PACKAGE}.nodes.trainer:main',
            f'arm_view = {PACKAGE}.nodes.arm_view:main',
            f'gazebo_truth = {PACKAGE}.nodes.gazebo_truth:main',
            f'joint_state_fuser = {PACKAGE}.nodes.joint_state_fuser:main',
            f'part_feeder = {PACKAGE}.nodes.part_feeder:main',
        ]
    },
)
