"""What an ONNX file is made of, read from its bytes before anything runs it, and without the onnx package.

A network of ours is arithmetic, linear models and trees. Anything else is refused by name: other files, functions and
subgraphs of its own, operators that make big things from small ones, tensors that declare more than they hold.
Field numbers are those of onnx.proto; what is not looked at is skipped by its length.
"""

from collections.abc import Iterator

from shared.ml.manifest import ModelRefused

MOST_BYTES = 200 * 1024 * 1024
MOST_NODES = 5_000
MOST_VALUES = 50_000_000

OPERATORS = frozenset(
    """
    Abs Add And ArgMax ArrayFeatureExtractor Binarizer Cast Clip Concat Constant Div Equal Exp Flatten Floor Gather
    GatherElements GatherND Gemm Greater GreaterOrEqual Identity Imputer IsNaN Less LessOrEqual LinearClassifier
    LinearRegressor Log LogSoftmax MatMul Max Min Mul Neg Normalizer Not Or Pow Reciprocal ReduceMax ReduceMean
    ReduceMin ReduceSum Relu Reshape Scaler Shape Sigmoid Sign Slice Softmax Softplus Split Sqrt Squeeze Sub Sum Tanh
    TopK Transpose TreeEnsemble TreeEnsembleClassifier TreeEnsembleRegressor Unsqueeze Where
    """.split()
)
DOMAINS = ("", "ai.onnx", "ai.onnx.ml")

MODEL_GRAPH, MODEL_TRAINING, MODEL_FUNCTIONS = 7, 20, 25
GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_SPARSE = 1, 5, 15
NODE_OPERATOR, NODE_ATTRIBUTE, NODE_DOMAIN = 4, 5, 7
ATTRIBUTE_TENSOR, TENSOR_DIMS = 5, 1
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

Field = tuple[int, int | memoryview]


def inspect(data: bytes) -> None:
    """ModelRefused, with the reason, if the bytes are not a network that is run here."""
    if len(data) > MOST_BYTES:
        raise ModelRefused("the model is too big")
    # In ONNX a tensor outside the file has the key "location"; nothing in our networks is called that.
    if b"location" in data:
        raise ModelRefused("the model keeps data outside its file")
    try:
        _inspect_model(memoryview(data))
    except (IndexError, UnicodeDecodeError, TypeError) as error:
        raise ModelRefused("the file is no ONNX model") from error


def _inspect_model(model: memoryview) -> None:
    graphs = 0
    for number, value in fields(model):
        if number in (MODEL_TRAINING, MODEL_FUNCTIONS):
            raise ModelRefused("the model brings functions of its own")
        if number == MODEL_GRAPH:
            graphs += 1
            _inspect_graph(_message(value))
    if graphs != 1:
        raise ModelRefused("the file is no ONNX model")


def _inspect_graph(graph: memoryview) -> None:
    nodes = values = 0
    for number, value in fields(graph):
        if number == GRAPH_NODE:
            nodes += 1
            values += _inspect_node(_message(value))
        elif number == GRAPH_INITIALIZER:
            values += _declared(_message(value))
        elif number == GRAPH_SPARSE:
            raise ModelRefused("the model has sparse tensors")
    if not 0 < nodes <= MOST_NODES or values > MOST_VALUES:
        raise ModelRefused(f"the model has {nodes} operators and {values} values")


def _inspect_node(node: memoryview) -> int:
    """How many values the node's constant declares; ModelRefused for an operator that is not run here."""
    operator, domain, attributes = "", "", []
    for number, value in fields(node):
        if number == NODE_OPERATOR:
            operator = bytes(_message(value)).decode()
        elif number == NODE_DOMAIN:
            domain = bytes(_message(value)).decode()
        elif number == NODE_ATTRIBUTE:
            attributes.append(_message(value))
    if operator not in OPERATORS or domain not in DOMAINS:
        raise ModelRefused(f"the model has the operator {domain}.{operator[:40]}")
    return sum(map(_constant, attributes)) if operator == "Constant" else 0


def _constant(attribute: memoryview) -> int:
    return sum(_declared(_message(value)) for number, value in fields(attribute) if number == ATTRIBUTE_TENSOR)


def _declared(tensor: memoryview) -> int:
    """The product of a tensor's dimensions, which may be packed or not."""
    size = 1
    for number, value in fields(tensor):
        if number == TENSOR_DIMS:
            for dimension in [value] if isinstance(value, int) else _varints(value):
                size *= dimension
    return size


def _message(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise TypeError("a message was expected")
    return value


def fields(message: memoryview) -> Iterator[Field]:
    """Field number and value of each field: an int, or the bytes of what has a length."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, place = _varint(message, place)
            yield number, value
        elif kind == BYTES:
            length, place = _varint(message, place)
            if place + length > len(message):
                raise IndexError("the file ends too early")
            yield number, message[place : place + length]
            place += length
        elif kind in (FIXED32, FIXED64):
            place += 4 if kind == FIXED32 else 8
        else:
            raise TypeError("no such wire type")
    if place > len(message):
        raise IndexError("the file ends too early")


def _varints(packed: memoryview) -> Iterator[int]:
    place = 0
    while place < len(packed):
        value, place = _varint(packed, place)
        yield value


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, place
        if shift > 63:
            raise IndexError("no such number")
