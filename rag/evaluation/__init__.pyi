from .evaluation import carry_out as carry_out
from .searching import open_searchable as open_searchable

__all__: list[str]
