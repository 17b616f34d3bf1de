"""Generated sources ask the module itself for their implementation."""

from __future__ import annotations

from message_wheel.dispatch import redirect_dispatch


def test_generated_sources_call_the_look_up_beside_them(tmp_path):
    folder = tmp_path / 'rosidl_typesupport_c' / 'some_msgs' / 'msg'
    folder.mkdir(parents=True)
    source = folder / 'part__type_support.cpp'
    source.write_text('f(rosidl_typesupport_c__get_message_typesupport_handle_function);\n')
    redirect_dispatch(tmp_path)
    declaration, call = source.read_text().split('f(')
    assert 'module_message_handle(' in declaration
    assert call == 'module_message_handle);\n'
    assert 'module_message_handle(' in (tmp_path / 'dispatch.cpp').read_text()
