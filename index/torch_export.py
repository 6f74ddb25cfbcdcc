"""From a torch module over ONNX to OpenVINO. Heavy to import; used once for each set of weights."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel

from index.conversion import MODEL, TOKENIZER
from index.openvino_runtime import openvino


def export(
    module: torch.nn.Module,
    examples: Sequence[torch.Tensor],
    names: Sequence[str],
    tokenizer: Any,
    folder: Path,
) -> None:
    """Write a module and its tokenizer.

    :param module: In evaluation mode; takes the inputs in the order of `names` and returns one tensor.
    :param examples: int64 (texts, tokens) each, at least 2 by 3.
    :param names: Names of the inputs.
    :param tokenizer: A fast tokenizer of the transformers library.
    :param folder: Where to. Weights are rounded to float16, which halves what is read and mapped.
    """
    for part in module.modules():
        if isinstance(part, PreTrainedModel):
            # written out, attention becomes one step of OpenVINO's (a tenth of the time); torch's own way does not
            part.set_attn_implementation("eager")
    dynamic = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter's own parts
        program = torch.onnx.export(
            module.eval(),
            tuple(examples),
            dynamo=True,
            input_names=list(names),
            output_names=["output"],
            dynamic_shapes=(tuple(dynamic for _ in names),),
            verbose=False,
        )
    if program is None:
        raise RuntimeError("torch.onnx.export gave nothing, though it was told to use torch.export")
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        path = Path(scratch) / "model.onnx"
        program.save(path, external_data=True)
        openvino.save_model(openvino.Core().read_model(path), folder / MODEL, compress_to_fp16=True)
    tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
