from .answer import Answer as Answer
from .answer import Article as Article
from .answer import Citation as Citation
from .answer import Quotation as Quotation
from .answer import ReadPassage as ReadPassage
from .answer import Reason as Reason
from .answer import Span as Span
from .answer import Status as Status
from .answer import Turn as Turn
from .answering.assistant import Assistant as Assistant
from .loading import InputError as InputError
from .loading import load_assistant as load_assistant
from .reading.calibration import Caution as Caution

__all__: list[str]
