"""The message package that is built, and where its stages lie in a scratch folder."""

from __future__ import annotations

from pathlib import Path
import sys

#: Everything that a message of vision_msgs can refer to.
DEPENDENCIES = ('builtin_interfaces', 'std_msgs', 'geometry_msgs')
TYPE_SUPPORTS = ('rosidl_typesupport_fastrtps_c', 'rosidl_typesupport_introspection_c')


class Package:
    """Names and folders of one package on its way from .msg files to a wheel."""

    def __init__(self, name: str, source: Path, scratch: Path, version: str) -> None:
        """Make the folders.

        Args:
            name: of the package.
            source: folder with package.xml and the folder msg.
            scratch: an empty folder that receives everything.
            version: of the wheel.
        """
        self.name = name
        self.source = source.resolve()
        self.version = version
        self.prefix = Path(sys.prefix)
        self.scratch = scratch
        self.generated = scratch / 'generated'
        self.objects = scratch / 'objects'
        self.idl = scratch / 'idl'
        self.hashes = scratch / 'hashes'
        self.site = scratch / 'site' / name
        for folder in (self.generated, self.objects, self.idl / 'msg', self.hashes, self.site):
            folder.mkdir(parents=True)
        self.messages = sorted((self.source / 'msg').glob('*.msg'))
        if not self.messages:
            raise SystemExit(f'{self.source}/msg holds no .msg file')
