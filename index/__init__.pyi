from .article import Article as Article
from .article import read_article as read_article
from .build import build_index as build_index
from .build import extend_index as extend_index
from .encoder import Encoder as Encoder
from .errors import InputError as InputError
from .folder import save_index as save_index
from .loading import load_index as load_index
from .openvino_encoder import open_encoder as open_encoder
from .recall import recall_of as recall_of
from .revision import add_articles as add_articles
from .revision import remove_articles as remove_articles
from .revision import replace_articles as replace_articles
from .sentence_transformer import SentenceTransformerEncoder as SentenceTransformerEncoder
from .store import SentenceIndex as SentenceIndex

__all__: list[str]
