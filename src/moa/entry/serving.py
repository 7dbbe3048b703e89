"""What a process of the web server loads: the WSGI application, in a process that ends with its parent."""

from __future__ import annotations

import os
import signal

from moa.entry.children import PARENT, end_with_parent

# `moa serve` names itself: asked for here, the parent of a process whose server died while it started would be another one.
os.environ.setdefault(PARENT, str(os.getppid()))
# Until the application is loaded, the server's handler is inherited, and only makes a note: the parent's death would pass unheard.
signal.signal(signal.SIGTERM, signal.SIG_DFL)
end_with_parent()

from moa.entry.wsgi import application  # noqa: E402

__all__ = ["application"]
