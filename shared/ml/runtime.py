"""ONNX Runtime, imported on first use only: importing it costs more than a whole cold start of an API function."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shared.ml.inspection import inspect
from shared.ml.manifest import ModelRefused

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PROBES = 2


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


class Network:
    """A network with one float input [rows, width] whose output `name` is floats [rows, outputs].

    It is run once before anybody relies on it; ModelRefused if it is another one.
    """

    def __init__(self, data: bytes, *, width: int, name: str, outputs: int) -> None:
        import numpy as np

        self._session, self._name = _session(data), [name]
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or inputs[0].type != "tensor(float)" or inputs[0].shape[1:] != [width]:
            raise ModelRefused(f"the model does not take {width} numbers a row")
        self._input = inputs[0].name
        if name not in _float_outputs(self._session.get_outputs()):
            raise ModelRefused(f"the model does not give {name!r}")
        found = self._probed(np.zeros((PROBES, width), dtype=np.float32))
        if found.shape != (PROBES, outputs) or not np.isfinite(found).all():
            raise ModelRefused(f"the model does not give {outputs} finite numbers a row")

    def run(self, rows: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """[rows, outputs]."""
        result: NDArray[np.float32] = self._session.run(self._name, {self._input: rows})[0]
        return result

    def _probed(self, rows: "NDArray[np.float32]") -> "NDArray[np.float32]":
        try:
            return self.run(rows)
        except Exception as error:  # whatever the runtime raises; its classes have no common ancestor but this
            raise ModelRefused(f"the model does not run: {type(error).__name__}") from error


def _float_outputs(outputs: Sequence[Any]) -> list[str]:
    return [output.name for output in outputs if output.type == "tensor(float)"]


def _session(data: bytes) -> Any:
    """A session from verified bytes, one thread: on Lambda a second one only waits for the same core."""
    inspect(data)
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # as above
        raise ModelRefused(f"the model does not load: {type(error).__name__}") from error
