"""Online: a question becomes a cited answer.

The names are loaded when they are first used: a model library takes seconds to import.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
