"""Tiny data sets of every format, written to a folder of the test."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
import struct

import cv2
import numpy as np

WIDTH, HEIGHT = 60, 40


def pixels(seed: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """Draw coloured fields, different for every seed and easily told apart."""
    rng = np.random.default_rng(seed)
    fields = rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(fields, (width, height), interpolation=cv2.INTER_NEAREST))


def picture(path: Path, seed: int = 0, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    image = pixels(seed, width, height)
    return stored(path, image)


def stored(path: Path, image: np.ndarray) -> np.ndarray:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), image)
    return image


def text(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def coco(folder: Path, count: int = 3, name: str = 'annotations.json', first: int = 0) -> Path:
    """Pictures ``pic_<n>.png`` with one box and one outline of class ``bolt`` (id 7) each."""
    images, annotations = [], []
    for n in range(first, first + count):
        picture(folder / 'images' / f'pic_{n}.png', n)
        images.append({'id': n + 1, 'file_name': f'pic_{n}.png', 'width': WIDTH, 'height': HEIGHT})
        annotations.append({
            'id': 100 + n, 'image_id': n + 1, 'category_id': 7, 'bbox': [10, 5, 20, 10],
            'segmentation': [[10, 5, 30, 5, 30, 15, 10, 15]], 'area': 200, 'iscrowd': 0,
        })  # fmt: skip
    categories = [{'id': 9, 'name': 'nut'}, {'id': 7, 'name': 'bolt'}]
    document = {'images': images, 'annotations': annotations, 'categories': categories}
    text(folder / name, json.dumps(document))
    return folder


def edit_json(path: Path, edit) -> None:
    content = json.loads(path.read_text())
    edit(content)
    path.write_text(json.dumps(content))


VOC = """<annotation>
  <filename>{name}.png</filename>
  <size><width>60</width><height>40</height><depth>3</depth></size>
  <object>
    <name>{label}</name>
    <bndbox><xmin>{box[0]}</xmin><ymin>{box[1]}</ymin><xmax>{box[2]}</xmax><ymax>{box[3]}</ymax></bndbox>
  </object>
</annotation>
"""


def voc(folder: Path, count: int = 4) -> Path:
    for n in range(count):
        picture(folder / 'images' / f'part_{n}.png', n)
        label = ('scratch', 'dent')[n % 2]
        content = VOC.format(name=f'part_{n}', label=label, box=(1, 1, 60, 40))
        text(folder / 'annotations' / f'part_{n}.xml', content)
    return folder


def yolo(folder: Path, count: int = 4) -> Path:
    for n in range(count):
        picture(folder / 'images' / f'frame_{n}.png', n)
        text(folder / 'labels' / f'frame_{n}.txt', f'{n % 2} 0.5 0.5 0.5 0.25\n')
    text(folder / 'data.yaml', 'names: [cup, lid]\nnc: 2\n')
    return folder


def deeppcb(folder: Path, boards: int = 4, each: int = 3) -> Path:
    for board in range(boards):
        for n in range(each):
            ident = f'{10000 + board:05d}{n:03d}'
            clean = picture(folder / 'images' / f'{ident}_temp.png', 100 * board + n)
            test = clean.copy()
            test[10:16, 20:28] = 255 - test[10:16, 20:28]
            stored(folder / 'images' / f'{ident}_test.png', test)
            text(folder / 'labels' / f'{ident}.txt', '20 10 28 16 3\n1 2 9 9 6\n')
    return folder


def image_folder(folder: Path, classes=('cat', 'dog'), each: int = 6, below: str = '') -> Path:
    for place, name in enumerate(classes):
        for n in range(each):
            picture(folder / below / name / f'{name}_{n}.png', 1000 * place + n)
    return folder


def mvtec(folder: Path) -> Path:
    for n in range(10):
        picture(folder / 'train' / 'good' / f'{n:03d}.png', n)
    for n in range(2):
        picture(folder / 'test' / 'good' / f'{n:03d}.png', 20 + n)
        picture(folder / 'test' / 'hole' / f'{n:03d}.png', 30 + n)
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        mask[5:10, 8:20] = 255
        stored(folder / 'ground_truth' / 'hole' / f'{n:03d}_mask.png', mask)
    return folder


def masks(folder: Path, values=(0, 255), count: int = 4) -> Path:
    for n in range(count):
        picture(folder / 'images' / f'cut_{n}.png', n)
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        for place, value in enumerate(values):
            mask[:, 10 * place : 10 * place + 10] = value
        stored(folder / 'masks' / f'cut_{n}.png', mask)
    return folder


def idx(folder: Path, packed: bool = False, count: int = 30) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for part, first in (('train', 0), ('t10k', 500)):
        images = np.stack([pixels(first + n, 12, 10)[..., 0] for n in range(count)])
        labels = np.arange(count, dtype=np.uint8) % 3
        for name, dims, data in (
            (f'{part}-images-idx3-ubyte', (count, 10, 12), images),
            (f'{part}-labels-idx1-ubyte', (count,), labels),
        ):
            content = bytes([0, 0, 8, len(dims)]) + struct.pack(f'>{len(dims)}I', *dims)
            content += data.tobytes()
            if packed:
                (folder / f'{name}.gz').write_bytes(gzip.compress(content))
            else:
                (folder / name).write_bytes(content)
    return folder


def table(path: Path, header, rows) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = gzip.open if path.suffix == '.gz' else open
    with opened(path, 'wt', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def joint_csv(folder: Path, runs: int = 3, samples: int = 40) -> Path:
    for run in range(runs):
        rows = [
            [f'{0.1 * n:.1f}', np.sin(n / 9 + run), np.cos(n / 9 + run), 30 + n, int(10 <= n < 15)]
            for n in range(samples)
        ]
        header = ['t_s', 'elbow', 'elbow.velocity', 'elbow_temp', 'elbow.label']
        table(folder / f'run{run}.csv', header, rows)
    return folder


def run_tables(folder: Path, runs: int = 6) -> Path:
    positions, commands, facts = [], [], []
    for run in range(runs):
        for n in range(20):
            positions.append([run, f'{0.1 * n:.1f}', 500 + n, 300 - n + run])
        commands.append([run, 0.5, 520, 280, 400, 800])
        fault = ('healthy', 'stuck')[run % 2]
        facts.append([run, fault, 'm2' if run % 2 else '', run // 2])
    table(folder / 'positions.csv', ['run_id', 't_s', 'm1', 'm2'], positions)
    table(folder / 'commands.csv', ['run_id', 't_s', 'm1', 'm2', 'dur1_ms', 'dur2_ms'], commands)
    table(folder / 'runs.csv', ['run_id', 'fault', 'fault_motor', 'traj'], facts)
    return folder


def sequence_tables(folder: Path) -> Path:
    listed = []
    names = ('20240101_100000', '20240101_110000', '20240102_100000', '20240103_100000')
    for place, name in enumerate(names):
        header = ['t_s', 'm1_pos', 'm1_temp', 'm1_volt', 'm1_label']
        rows = [[f'{0.1 * n:.1f}', 500 + n + place, 30, 7300, int(5 <= n < 8)] for n in range(20)]
        if place == 3:
            header, rows = header[:-1], [row[:-1] for row in rows]
        table(folder / 'sequences' / f'{name}.csv.gz', header, rows)
        quality = ('ok', 'ok', 'suspect_missing', 'unlabelled')[place]
        listed.append([name, len(rows), quality])
    table(folder / 'sequences.csv', ['sequence', 'rows', 'label_quality'], listed)
    return folder


def ur3_log(folder: Path) -> Path:
    header = ['Num', 'Timestamp', 'Current_J0', 'Speed_J0', 'Temperature_J0', 'Tool_current',
              'cycle', 'Robot_ProtectiveStop', 'grip_lost', 'session']  # fmt: skip
    rows = []
    for n in range(30):
        stop = '' if n == 3 else int(10 <= n < 12)
        rows.append([n, f'2022-10-26T08:17:{n:02d}.500Z', 0.1 * n, n - 5, 27.5, 0.2, 1, stop, 0,
                     n // 15])  # fmt: skip
    table(folder / 'log.csv', header, rows)
    return folder


def npz_series(folder: Path, runs: int = 2) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for run in range(runs):
        time_s = np.arange(50) * 0.01
        q = np.sin(time_s[:, None] * [1, 2] + run).astype(np.float32)
        np.savez(folder / f'take_{run}.npz', t_s=time_s, q=q, dq=q * 2, tau=q * 3, tau_ext=q * 4)
    return folder


def bearing(folder: Path) -> Path:
    rows, arrays = [], {}
    for place, (fault, size) in enumerate((('B', 7), ('B', 21), ('IR', 7), ('normal', ''))):
        name = f'1797_{fault}_{size}'
        rng = np.random.default_rng(place)
        arrays[name] = rng.integers(-100, 100, 240, dtype=np.int16)
        rows.append([name, 1797, fault, size, 12000, 240, 0.5])
    header = ['record', 'rpm', 'fault', 'diameter_mil', 'fs_hz', 'samples', 'scale_g_per_lsb']
    table(folder / 'records.csv', header, rows)
    np.savez(folder / 'drive_end_int16.npz', **arrays)
    return folder


def force_windows(folder: Path) -> Path:
    forces, outcomes = [], []
    rng = np.random.default_rng(0)
    for rec in range(4):
        for n in range(15):
            forces.append([rec, n, f'{0.021 * n:.3f}', *rng.integers(-60, 60, 6)])
    outcomes = [[0, 'normal', ''], [1, 'collision', ''], [2, '', 'a|b'], [3, '', '']]
    table(folder / 'force_torque.csv', ['rec_id', 'step', 't_s', 'Fx', 'Fy', 'Fz', 'Tx', 'Ty',
                                        'Tz'], forces)  # fmt: skip
    table(folder / 'recordings.csv', ['rec_id', 'LP1', 'LP2'], outcomes)
    return folder


def bag(path: Path, storage: str = 'sqlite3', stamped: bool = True, extra: bool = False) -> Path:
    """Write 20 joint states at 50 Hz; the second half names the joints in another order."""
    from rosbags.rosbag2 import StoragePlugin, Writer
    from rosbags.typesys import get_typestore, Stores

    store = get_typestore(Stores.ROS2_JAZZY)
    kinds = store.types
    state, header = kinds['sensor_msgs/msg/JointState'], kinds['std_msgs/msg/Header']
    moment = kinds['builtin_interfaces/msg/Time']
    plugin = StoragePlugin.MCAP if storage == 'mcap' else StoragePlugin.SQLITE3
    path.parent.mkdir(parents=True, exist_ok=True)
    with Writer(path, version=9, storage_plugin=plugin) as writer:
        joints, *derived = (
            writer.add_connection(topic, state.__msgtype__, typestore=store)
            for topic in ('/joint_states', '/cell/joint_reference', '/motion_predictor/residual')
        )
        word = 'std_msgs/msg/String'
        other = writer.add_connection('/word', word, typestore=store)
        writer.write(other, 0, store.serialize_cdr(kinds[word](data='hello'), word))
        for n in range(20):
            names = ['a', 'b'] if n < 10 else ['b', 'a']
            values = np.array([n, -n] if n < 10 else [-n, n], float)
            if extra and n == 5:
                names, values = ['gripper'], np.array([7.0])
            nothing = np.zeros(0)
            stamp = moment(sec=0, nanosec=20_000_000 * n if stamped else 0)
            message = state(
                header=header(stamp=stamp, frame_id=''), name=names, position=values,
                velocity=values * 2, effort=nothing,
            )  # fmt: skip
            data = store.serialize_cdr(message, state.__msgtype__)
            for topic in (joints, *derived):
                writer.write(topic, 1_000_000_000 + 40_000_000 * n, data)
    return path
