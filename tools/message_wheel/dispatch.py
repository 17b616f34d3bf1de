"""How a type finds its implementation when all of them live in one module.

rosidl_typesupport_c looks them up in shared libraries named after the package. Here that look-up is
replaced by one in the module itself.
"""

from __future__ import annotations

from pathlib import Path

_SOURCE = r"""
#include <dlfcn.h>
#include <cstring>
#include "rosidl_runtime_c/message_type_support_struct.h"
#include "rosidl_typesupport_c/type_support_map.h"

static void * this_module()
{
  static void * const handle = [] {
      Dl_info info;
      dladdr(reinterpret_cast<void *>(&this_module), &info);
      return dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    }();
  return handle;
}

extern "C" const rosidl_message_type_support_t * module_message_handle(
  const rosidl_message_type_support_t * asked, const char * identifier)
{
  if (std::strcmp(asked->typesupport_identifier, identifier) == 0) {
    return asked;
  }
  const auto * map = static_cast<const type_support_map_t *>(asked->data);
  for (size_t i = 0; i < map->size; ++i) {
    if (std::strcmp(map->typesupport_identifier[i], identifier) != 0) {
      continue;
    }
    if (void * symbol = dlsym(this_module(), map->symbol_name[i])) {
      return reinterpret_cast<const rosidl_message_type_support_t * (*)()>(symbol)();
    }
  }
  return nullptr;
}
"""
_DECLARATION = (
    'struct rosidl_message_type_support_t;\n'
    'extern "C" const rosidl_message_type_support_t * module_message_handle(\n'
    '  const rosidl_message_type_support_t *, const char *);\n'
)
_ORIGINAL = 'rosidl_typesupport_c__get_message_typesupport_handle_function'


def redirect_dispatch(generated: Path) -> None:
    """Let the generated sources in a folder call the look-up, and put it beside them."""
    for path in (generated / 'rosidl_typesupport_c').rglob('*__type_support.cpp'):
        text = path.read_text().replace(_ORIGINAL, 'module_message_handle')
        path.write_text(_DECLARATION + text)
    (generated / 'dispatch.cpp').write_text(_SOURCE)
