"""The OPC UA server, read by a real client that may not write."""

from __future__ import annotations

import asyncio
import threading

import pytest

from factory_perception.neighbours.missing import NeighbourError
from factory_perception.neighbours.opcua import NAMESPACE, OpcuaServer, VARIABLES
from test.neighbours.brokers import free_port

asyncua = pytest.importorskip('asyncua', reason='pip install asyncua')


@pytest.fixture
def server():
    server = OpcuaServer('127.0.0.1', free_port())
    yield server
    server.close()
    assert server.trouble == ''


async def variables(client) -> dict:
    index = await client.get_namespace_index(NAMESPACE)
    cell = await client.nodes.objects.get_child([f'{index}:Cell'])
    return {(await node.read_browse_name()).Name: node for node in await cell.get_children()}


def ask(server, question, user: str = ''):
    async def run():
        client = asyncua.Client(server.endpoint)
        if user:
            client.set_user(user)
            client.set_password('anything')
        async with client:
            return await question(client)

    return asyncio.run(asyncio.wait_for(run(), 30))


def test_values_arrive(server):
    server.tell({'PartsGood': 7, 'LastPartGood': False, 'LastPartDefects': 'scratch'})

    async def read(client):
        nodes = await variables(client)
        return {name: await node.read_value() for name, node in nodes.items()}

    values = ask(server, read)
    assert set(values) == set(VARIABLES)
    assert (values['PartsGood'], values['LastPartGood']) == (7, False)
    assert values['LastPartDefects'] == 'scratch' and values['LastEvent'] == ''


@pytest.mark.parametrize('user', ['', 'admin'])
def test_nobody_writes(server, user):
    async def write(client):
        node = (await variables(client))['PartsGood']
        with pytest.raises(asyncua.ua.UaStatusCodeError):
            await node.write_value(99)
        with pytest.raises(asyncua.ua.UaStatusCodeError):
            await client.nodes.objects.add_object(2, 'Intruder')
        return await node.read_value()

    assert ask(server, write, user) == 0


def _ends_just_after(thread):
    if thread.name == 'opcua':
        thread.join(10.0)
    return True


@pytest.mark.parametrize('late', [False, True])
def test_a_taken_port_is_told(server, monkeypatch, late):
    port = int(server.endpoint.split(':')[2].split('/')[0])
    if late:
        monkeypatch.setattr(threading.Thread, 'is_alive', _ends_just_after)
    with pytest.raises(NeighbourError, match=f'OPC UA server opc.tcp://127.0.0.1:{port}'):
        OpcuaServer('127.0.0.1', port)
