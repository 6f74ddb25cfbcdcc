"""Judge answers and rankings on a question set, without another model as the judge.

The names are loaded when they are first used: statistics and plots take a second to import.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
