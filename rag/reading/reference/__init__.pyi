from .torch_reader import TorchReader as TorchReader

__all__: list[str]
