# SPDX-License-Identifier: ISC
"""Crypto backends: the libraries that do the cryptography."""

import os
import weakref
from typing import Any, List, Optional

from ._library import lib


def backend_names() -> List[str]:
    """Those that the library was built with, the fastest first. Not all need be installed."""
    names: List[str] = []
    while (name := lib.sw_backend_name(len(names))) is not None:
        names.append(name.decode())
    return names


class Crypto:
    """A backend, by its name; the first that can be started without one. Any number of sessions share one, in any
    threads, as long as Python has its lock. After a fork the child makes one of its own."""

    _shared: Optional['Crypto'] = None

    def __init__(self, name: Optional[str] = None) -> None:
        self.table: Any = lib.sw_backend_new(None if name is None else name.encode())
        if not self.table:
            raise LookupError(f'crypto backend {name}: not there' if name else 'no crypto backend is there')
        self._finalizer = weakref.finalize(self, lib.sw_backend_free, self.table)

    @property
    def name(self) -> str:
        return str(self.table.contents.name.decode())

    @classmethod
    def shared(cls) -> 'Crypto':
        """The one that is used where no other is given."""
        if Crypto._shared is None:
            Crypto._shared = Crypto()
        return Crypto._shared

    @classmethod
    def _forget_shared(cls) -> None:
        """In a child: random bytes of the parent must not come twice."""
        if Crypto._shared is not None:
            Crypto._shared._finalizer.detach()
            Crypto._shared = None


os.register_at_fork(after_in_child=Crypto._forget_shared)
