"""What the launch files start: every executable, file, argument, parameter and choice exists."""

from __future__ import annotations

import ast
from pathlib import Path
import re
import sys

import pytest
import yaml

from factory_perception.deployment import profile_path, PROFILE_VARIABLES
from factory_perception.nodes.parameter_files import node_tables
from factory_perception.wiring import perception
from test.launch.stage import play

ROOT = Path(__file__).resolve().parents[2]
LAUNCH = ROOT / 'launch'
TOP = sorted(LAUNCH.glob('*.launch.py'))
ALL = sorted(LAUNCH.rglob('*.launch.py'))
ENTRY = re.compile(r"f'(\w+) = \{PACKAGE\}\.nodes\.(\w+):main'")
EXECUTABLES = dict(ENTRY.findall((ROOT / 'setup.py').read_text()))
CELLS = [{'sim': sim} for sim in ('builtin', 'gazebo', 'none')]


def started(context):
    """Give the nodes of this package that were started, by executable."""
    ours = [node for node in context.nodes if node['package'] == 'factory_perception']
    return {node['executable']: node for node in ours}


def cell(monkeypatch, **arguments):
    return play(str(LAUNCH / 'cell.launch.py'), monkeypatch, **arguments)


def settings(node):
    """Give the parameters of a node as ROS would: later ones win."""
    values = {}
    for entry in node.get('parameters', ()):
        if isinstance(entry, str):
            entry = yaml.safe_load(Path(entry).read_text())['/**']['ros__parameters']
        values.update(entry)
    return values


@pytest.mark.parametrize('arguments', CELLS, ids=lambda value: value['sim'])
def test_every_executable_and_every_parameter_exists(monkeypatch, arguments):
    tables = node_tables()
    nodes = started(cell(monkeypatch, rviz='true', record='true', **arguments))
    assert nodes
    for executable, node in nodes.items():
        assert EXECUTABLES.get(executable) == executable
        known = set(tables[executable].__dataclass_fields__) | {'use_sim_time'}
        assert set(settings(node)) <= known, executable


@pytest.mark.parametrize('arguments', CELLS, ids=lambda value: value['sim'])
def test_every_file_exists(monkeypatch, arguments):
    context = cell(monkeypatch, rviz='true', record='true', **arguments)
    files = [path for path in context.files if '/ros_gz_sim/' not in path]
    for node in context.nodes:
        given = node.get('parameters', ())
        files += [entry for entry in given if isinstance(entry, str)]
        files += [word for word in node.get('arguments', ()) if word.startswith('/')]
        for entry in given:
            files += [] if isinstance(entry, str) else filter(None, [entry.get('config_file')])
    for path in files:
        assert Path(path).is_file(), path


def test_the_simulator_decides_what_runs(monkeypatch):
    watchers = {spec.executable for spec in perception()} | {'arm_view'}
    helpers = {'joint_state_fuser', 'part_feeder', 'gazebo_truth'}
    assert set(started(cell(monkeypatch))) == watchers | {'cell'}
    assert set(started(cell(monkeypatch, sim='gazebo'))) == watchers | helpers
    assert set(started(cell(monkeypatch, sim='none'))) == watchers


@pytest.mark.parametrize(('sim', 'expected'), [('builtin', False), ('gazebo', True)])
def test_gazebo_gives_the_time(monkeypatch, sim, expected):
    context = cell(monkeypatch, sim=sim, rviz='true')
    nodes = [node for node in context.nodes if 'parameters' in node]
    assert {settings(node)['use_sim_time'] for node in nodes} == {expected}


def test_the_dds_profile_is_shipped_unless_there_is_one(monkeypatch):
    environment = cell(monkeypatch).environment
    assert {environment[name] for name in PROFILE_VARIABLES} == {profile_path()}


def test_what_is_not_installed_is_told_and_left_out(monkeypatch):
    context = cell(monkeypatch, rviz='true', record='true', foxglove='true', installed=False)
    assert {node['package'] for node in context.nodes} == {'factory_perception'}
    for name in (
        'rviz',
        'foxglove_bridge',
        'robot_state_publisher',
        'diagnostic_aggregator',
        'rosbag2_storage_mcap',
    ):
        assert any(name in line for line in context.told), name


def test_a_robot_of_ones_own(monkeypatch, tmp_path):
    mine = tmp_path / 'mine.yaml'
    mine.write_text('/**: {ros__parameters: {score_threshold: 0.7, autostart: true}}')
    context = play(
        str(LAUNCH / 'perception.launch.py'), monkeypatch,
        cameras='left=/l/image_raw,right=/r/image_raw', joint_states='/ur5/joint_states',
        joint_reference='/ur5/wanted', detector_model='people@2', namespace='robot_1',
        params_file=str(mine), use_sim_time='true', autostart='false',
        log_level='debug', respawn='true',
    )  # fmt: skip
    node = started(context)['detector']
    assert node['namespace'] == 'robot_1'
    assert node['respawn'] is True
    assert node['ros_arguments'] == ['--log-level', 'debug']
    wires = dict(node['remappings'])
    assert wires['left/image'] == '/l/image_raw'
    assert wires['right/camera_info'] == '/r/camera_info'
    assert wires['joint_states'] == '/ur5/joint_states'
    for listener in ('motion_predictor', 'fault_diagnoser'):
        wires = dict(started(context)[listener]['remappings'])
        assert wires['joint_reference'] == '/ur5/wanted'
    values = settings(node)
    assert values['cameras'] == ['left', 'right']
    assert values['model'] == 'people@2'
    assert values['score_threshold'] == 0.7
    assert values['use_sim_time'] is True
    assert values['autostart'] is True  # one's own file wins


def test_a_node_can_be_left_out(monkeypatch):
    context = play(str(LAUNCH / 'perception.launch.py'), monkeypatch, detector='false')
    assert 'detector' not in started(context)


def test_the_recorder_gets_the_robots_own_topics(monkeypatch):
    context = play(
        str(LAUNCH / 'perception.launch.py'), monkeypatch,
        record='true', cameras='/usb/image_raw', joint_states='ur5/joint_states',
        joint_reference='ur5/wanted',
    )  # fmt: skip
    (command,) = context.commands
    topics = command[command.index('--topics') + 1 :]
    mine = {'/usb/image_raw', '/ur5/joint_states', '/ur5/wanted'}
    assert {*mine, '/diagnostics'} <= set(topics)
    assert all(topic.startswith('/') for topic in topics)


def test_the_trainer_gets_what_was_said_and_no_more(monkeypatch):
    context = play(
        str(LAUNCH / 'train.launch.py'), monkeypatch, data='2024', preset='edge', period='12'
    )
    (node,) = context.nodes
    values = settings(node)
    assert (values['data'], values['preset'], values['period']) == ('2024', 'edge', 12.0)
    told = node['parameters'][1]
    assert set(told) == {'data', 'preset', 'period', 'autostart', 'use_sim_time'}


@pytest.mark.parametrize(
    ('file', 'arguments'),
    [
        ('cell', {'sim': 'fortress'}),
        ('cell', {'rviz': 'yes'}),
        ('perception', {'cameras': '/a,/b'}),
        ('perception', {'log_level': 'loud'}),
        ('many_robots', {'robots': 'left,left'}),
        ('many_robots', {'robots': 'robot-1'}),
        ('train', {'preset': 'huge'}),
        ('train', {'period': 'daily'}),
    ],
)
def test_nonsense_is_refused(monkeypatch, file, arguments):
    (name,) = arguments
    with pytest.raises(ValueError, match=name):
        play(str(LAUNCH / f'{file}.launch.py'), monkeypatch, **arguments)


@pytest.mark.parametrize('path', TOP, ids=lambda path: path.name)
def test_arguments_are_described_and_their_choices_are_those_of_the_nodes(monkeypatch, path):
    context = play(str(path), monkeypatch)
    tables = node_tables()
    for name, argument in context.declared.items():
        assert len(argument.description) > 5, name
        assert argument.description.endswith('.'), name
    if path.name == 'train.launch.py':
        preset = tables['trainer'].__dataclass_fields__['preset'].metadata['description']
        assert ['', *preset.choices] == context.declared['preset'].choices


@pytest.mark.parametrize('path', ALL, ids=lambda path: path.name)
def test_a_launch_file_runs_nothing_and_asks_nobody(path):
    allowed = {
        'pathlib', 'tempfile', 'time', 'launch', 'launch_ros', 'ament_index_python', 'yaml',
        'factory_perception',
    }  # fmt: skip
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {alias.name.split('.')[0] for alias in node.names} <= allowed
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or '').split('.')[0] in allowed
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ('eval', 'exec', 'compile', '__import__')


def test_every_executable_has_its_file_of_parameters():
    assert set(node_tables()) == set(EXECUTABLES)
    files = {path.stem for path in (ROOT / 'config' / 'nodes').glob('*.yaml')}
    assert files == set(EXECUTABLES), (
        'run: python -m factory_perception.nodes.parameter_files config/nodes'
    )


def test_the_stage_is_cleared():
    """The stand-ins must not leak into other tests."""
    assert not hasattr(sys.modules.get('launch'), 'IfCondition')


def test_the_detector_knows_where_the_belt_is(monkeypatch):
    plane = settings(started(cell(monkeypatch))['detector'])['surface_plane']
    assert plane == pytest.approx([0, 0, 1, 0.8])
    plane = settings(started(cell(monkeypatch, sim='none'))['detector'])['surface_plane']
    assert plane == [0.0] * 4
    mine = settings(started(cell(monkeypatch, surface_plane='[0, 0, 1, 0.7]'))['detector'])
    assert mine['surface_plane'] == [0, 0, 1, 0.7]


def test_secure_nodes_run_in_enclaves_of_their_names(monkeypatch):
    nodes = started(cell(monkeypatch, secure='true'))
    for name, node in nodes.items():
        assert node['ros_arguments'][-2:] == ['--enclave', f'/factory_perception/{name}']


def test_secure_robots_have_enclaves_of_their_own(monkeypatch):
    robots = play(
        str(LAUNCH / 'many_robots.launch.py'), monkeypatch, robots='left,right', secure='true'
    )
    enclaves = [node['ros_arguments'][-1] for node in robots.nodes if 'ros_arguments' in node]
    assert len(set(enclaves)) == len(enclaves) == 6
    assert '/factory_perception/right/dashboard' in enclaves


def test_several_robots_share_one_bridge_to_foxglove(monkeypatch):
    robots = play(
        str(LAUNCH / 'many_robots.launch.py'), monkeypatch, robots='left,right', foxglove='true'
    )
    assert [node['package'] for node in robots.nodes].count('foxglove_bridge') == 1


def test_every_robot_has_a_recording_of_its_own(monkeypatch):
    robots = play(
        str(LAUNCH / 'many_robots.launch.py'), monkeypatch, robots='left,right', record='true',
        cameras='cam0/image',
    )  # fmt: skip
    assert len(robots.commands) == 2
    bags, files = set(), set()
    for robot, command in zip(('left', 'right'), robots.commands, strict=True):
        bags.add(command[command.index('--output') + 1])
        file = Path(command[command.index('--qos-profile-overrides-path') + 1])
        files.add(file)
        topics = set(command[command.index('--topics') + 1 :])
        mine = {
            'joint_states', 'joint_reference', 'cam0/image', 'diagnostics',
            'fault_diagnoser/events',
        }  # fmt: skip
        assert {f'/{robot}/{topic}' for topic in mine} <= topics
        assert {topic for topic in topics if not topic.startswith(f'/{robot}/')} == {
            '/tf', '/tf_static',
        }  # fmt: skip
        overrides = yaml.safe_load(file.read_text())
        assert overrides[f'/{robot}/fault_diagnoser/events']['durability'] == 'transient_local'
        assert set(overrides) <= topics
    assert len(bags) == len(files) == 2
    robots.shut_down()
    assert not any(file.exists() for file in files)


def test_a_list_of_topics_of_ones_own_is_taken_as_it_stands(monkeypatch, tmp_path):
    mine = tmp_path / 'mine.yaml'
    mine.write_text('/plc/state: {reliability: reliable}')
    context = play(
        str(LAUNCH / 'perception.launch.py'), monkeypatch,
        record='true', record_topics=str(mine), namespace='left',
    )  # fmt: skip
    (command,) = context.commands
    assert command[command.index('--qos-profile-overrides-path') + 1] == str(mine)
    assert command[command.index('--topics') + 1 :] == ['/plc/state', '/left/joint_states']
    context.shut_down()
    assert mine.is_file()


def test_foxglove_may_look_and_nothing_else(monkeypatch):
    context = play(str(LAUNCH / 'perception.launch.py'), monkeypatch, foxglove='true')
    (bridge,) = [node for node in context.nodes if node['package'] == 'foxglove_bridge']
    assert settings(bridge)['address'] == '127.0.0.1'
    assert settings(bridge)['capabilities'] == ['connectionGraph']


def test_another_robot_is_met_without_what_is_known_of_the_cells_arm(monkeypatch):
    perception_file = str(LAUNCH / 'perception.launch.py')
    for nodes, known in (
        (started(play(perception_file, monkeypatch)), False),
        (started(cell(monkeypatch)), True),
        (started(cell(monkeypatch, sim='none')), False),
    ):
        assert bool(settings(nodes['motion_predictor'])['model']) is known
        assert bool(settings(nodes['fault_diagnoser'])['calibration_file']) is known
        assert bool(settings(nodes['fault_diagnoser'])['model']) is known
    mine = play(perception_file, monkeypatch, motion_predictor_model='ur5')
    assert settings(started(mine)['motion_predictor'])['model'] == 'ur5'


def test_every_robot_has_its_own_namespace_health_and_page(monkeypatch):
    robots = play(str(LAUNCH / 'many_robots.launch.py'), monkeypatch, robots='left, right')
    pages = {node['namespace']: settings(node)['port'] for node in robots.nodes
             if node['executable'] == 'dashboard'}  # fmt: skip
    assert pages == {'left': 8088, 'right': 8089}
    assert {node['executable'] for node in robots.nodes if node['namespace'] == 'left'} == {
        'motion_predictor', 'fault_diagnoser', 'dashboard', 'aggregator_node',
    }  # fmt: skip
    for node in robots.nodes:
        assert ('/diagnostics', 'diagnostics') in node['remappings']
    (aggregator, _) = (node for node in robots.nodes if node['executable'] == 'aggregator_node')
    assert ('/diagnostics_agg', 'diagnostics_agg') in aggregator['remappings']


def test_what_the_controller_wants_comes_from_the_cell_or_below_each_robots_namespace(monkeypatch):
    listeners = ('motion_predictor', 'fault_diagnoser')
    nodes = started(cell(monkeypatch, sim='gazebo'))
    for name in listeners:
        assert dict(nodes[name]['remappings'])['joint_reference'] == 'cell/joint_reference'
    robots = play(str(LAUNCH / 'many_robots.launch.py'), monkeypatch, robots='left,right')
    found = [node for node in robots.nodes if node['executable'] in listeners]
    assert len(found) == 4
    for node in found:
        assert dict(node['remappings'])['joint_reference'] == 'joint_reference'


def test_one_robot_alone_keeps_the_usual_topic_of_health(monkeypatch):
    for node in started(cell(monkeypatch)).values():
        assert '/diagnostics' not in dict(node['remappings'])
