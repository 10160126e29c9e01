"""ONNX Runtime, imported on first use only: importing it costs more than a whole cold start of an API function."""

from typing import TYPE_CHECKING, Any

from shared.ml.manifest import ModelRefused

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class OnnxModel:
    """A model with one float input [rows, features] and one float output [rows, 1]."""

    def __init__(self, data: bytes) -> None:
        self._session = _session(data)
        self._input = self._session.get_inputs()[0].name
        self._output = [self._session.get_outputs()[0].name]

    def run(self, rows: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """One number per row."""
        result: NDArray[np.float32] = self._session.run(self._output, {self._input: rows})[0][:, 0]
        return result


def _session(data: bytes) -> Any:
    """A session from verified bytes, one thread: on Lambda a second one only waits for the same core."""
    # In ONNX a tensor outside the file has the key "location"; nothing in a tree ensemble is called that.
    if b"location" in data:
        raise ModelRefused("the model keeps data outside its file")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
