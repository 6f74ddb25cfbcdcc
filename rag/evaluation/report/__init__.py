"""What was measured, as one page that opens from disk.

The names are loaded when they are first used: a plotting library takes a second to import.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
