"""ONNX networks written by hand: one operator per ensemble of trees, and the same bytes for the same model.

No converter: skl2onnx knows no histogram boosting of today's protobuf, and its networks load slower. The input is `X`
[rows, features], the output `probabilities` [rows, classes] or `value` [rows, 1].
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET, ML_OPSET, IR_VERSION = 15, 3, 8


@dataclass(slots=True)
class Network:
    """Nodes in the order in which they run; `last` is the name of what came out of the last one."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)
    last: str = "X"

    def constant(self, value: Any, kind: Any = np.float32) -> str:
        """The name of a constant."""
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype=kind), name))
        return name

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """A node; its output becomes `last`."""
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        self.last = name
        return name

    def document(self, features: int, output: str, width: int) -> bytes:
        """The file."""
        self.nodes.append(helper.make_node("Identity", [self.last], [output]))
        graph = helper.make_graph(
            self.nodes,
            "model",
            [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, features])],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, [None, width])],
            initializer=self.constants,
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="vedette")
        return bytes(model.SerializeToString(deterministic=True))


NODE_KEYS = ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")


class Trees:
    """Trees in the flat lists that the operator wants. `branch` is BRANCH_LEQ (x <= limit) or BRANCH_LT (x < limit)."""

    def __init__(self, branch: str, outputs: int) -> None:
        self._branch, self._outputs = branch, outputs
        self._nodes: dict[str, list[Any]] = {f"nodes_{key}": [] for key in NODE_KEYS}
        self._leaves: dict[str, list[Any]] = {f"target_{key}": [] for key in ("treeids", "nodeids", "ids", "weights")}
        self._count = 0

    def add(self, left: Any, right: Any, feature: Any, limit: NDArray[np.float32], leaves: "Leaves") -> None:
        """One tree in array form; a node whose left child is below 1 is a leaf."""
        for node, (yes, no) in enumerate(zip(left, right, strict=True)):
            leaf = yes <= 0
            row = (0, 0.0, "LEAF", 0, 0) if leaf else (int(feature[node]), float(limit[node]), self._branch, yes, no)
            for key, value in zip(NODE_KEYS, (self._count, node, *row), strict=True):
                self._nodes[f"nodes_{key}"].append(value if isinstance(value, str | float) else int(value))
            if leaf:
                self._leaf(node, leaves)
        self._count += 1

    def _leaf(self, node: int, leaves: "Leaves") -> None:
        for target, weight in zip(leaves.targets, np.atleast_1d(leaves.weights[node]), strict=True):
            for key, value in zip(("treeids", "nodeids", "ids"), (self._count, node, int(target)), strict=True):
                self._leaves[f"target_{key}"].append(value)
            self._leaves["target_weights"].append(float(weight))

    def put_into(self, network: Network, start: Sequence[float] | None = None) -> None:
        """The sum over all trees, one column per output; `start` is what the sum begins with."""
        base = {} if start is None else {"base_values": [float(value) for value in start]}
        given: dict[str, Any] = {**self._nodes, **self._leaves, **base}
        network.add(
            "TreeEnsembleRegressor",
            "X",
            domain="ai.onnx.ml",
            n_targets=self._outputs,
            aggregate_function="SUM",
            **given,
        )


@dataclass(frozen=True, slots=True)
class Leaves:
    """What a tree adds: to the outputs `targets`, in each leaf the `weights` [nodes] or [nodes, targets]."""

    targets: Sequence[int]
    weights: NDArray[Any]


def not_above(limits: NDArray[np.float64]) -> NDArray[np.float32]:
    """The largest float32 that is not above each limit: for a float32 x, `x <= limit` stays what it was."""
    near = limits.astype(np.float32)
    return np.where(near > limits, np.nextafter(near, np.float32(-np.inf)), near)
