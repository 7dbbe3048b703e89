"""What a process of the web server loads: the WSGI application, in a process that ends with its parent."""

from __future__ import annotations

import os

from moa.entry.children import PARENT, end_with_parent

# The web server starts its processes itself, so their parent is named here and not by `moa up`.
os.environ[PARENT] = str(os.getppid())
end_with_parent()

from moa.entry.wsgi import application  # noqa: E402

__all__ = ["application"]
