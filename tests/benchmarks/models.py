"""Pullquote's models written as plain folders, for other libraries to load: `python -m tests.benchmarks.models DIR`."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from index.lora import merge
from index.mpnet import mpnet_folder
from index.weights import cache_folder, minilm_folder
from tests.benchmarks.setting import adapters, model_folders


def write_models(root: Path) -> None:
    """Merge each adapter into its trunk and save the whole; what is there already stays.

    :param root: The folder of them all.
    """
    root.mkdir(parents=True, exist_ok=True)
    for name, folder in model_folders(root).items():
        if not folder.is_dir():
            # a folder under its own name is whole
            with tempfile.TemporaryDirectory(dir=root) as scratch:
                whole = Path(scratch) / "model"
                _write(name, whole)
                os.replace(whole, folder)


def _write(name: str, folder: Path) -> None:
    adapter = adapters()[name]
    if name == "encoder":
        encoder = SentenceTransformer(str(minilm_folder()), device="cpu", model_kwargs={"use_safetensors": True})
        merge(encoder[0].model, adapter)
        encoder.save(str(folder))
        return
    trunk = mpnet_folder(cache_folder()) if name == "mpnet" else minilm_folder()
    reader = AutoModelForQuestionAnswering.from_pretrained(trunk, dtype=torch.float32, use_safetensors=True)
    merge(reader, adapter)
    reader.save_pretrained(folder)
    AutoTokenizer.from_pretrained(trunk).save_pretrained(folder)


if __name__ == "__main__":
    write_models(Path(sys.argv[1]))
