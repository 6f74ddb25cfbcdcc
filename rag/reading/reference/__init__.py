"""Readers as their library runs them: what a conversion is made from and compared with.

The names are loaded when they are first used: torch takes seconds to import.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
