"""Reading an ONNX file from its bytes: whatever the bytes are, it ends, with a reason or with none."""

import random
from pathlib import Path

import pytest

from shared.ml.inspection import MOST_NODES, fields, inspect
from shared.ml.manifest import ModelRefused

SHIPPED = sorted((Path(__file__).parents[3] / "layers/models/insiders").glob("*.onnx"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_networks_pass(path: Path) -> None:
    inspect(path.read_bytes())


@pytest.mark.parametrize("seed", range(4))
def test_changed_bytes_are_refused_or_pass_but_never_raise_anything_else(seed: int) -> None:
    chance, whole = random.Random(seed), SHIPPED[-1].read_bytes()[:4000]
    outcomes = {"passed": 0, "refused": 0}
    for _ in range(250):
        data = bytearray(whole[: chance.randint(1, len(whole))])
        for _ in range(chance.randint(0, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            inspect(bytes(data))
            outcomes["passed"] += 1
        except ModelRefused:
            outcomes["refused"] += 1

    assert outcomes["refused"] > 200, outcomes


@pytest.mark.parametrize("seed", range(3))
def test_noise_is_refused(seed: int) -> None:
    chance = random.Random(seed)

    for size in (0, 1, 2, 7, 100, 5_000):
        with pytest.raises(ModelRefused):
            inspect(chance.randbytes(size))


def test_a_number_without_an_end_is_refused() -> None:
    with pytest.raises(ModelRefused, match="no ONNX model"):
        inspect(b"\x08" + b"\xff" * 100)


def test_more_operators_than_are_run_are_refused() -> None:
    node = b"\x0a\x06\x22\x04Relu"
    graph = node * (MOST_NODES + 1)
    size, length = b"", len(graph)
    while length:
        length, low = length >> 7, length & 0x7F
        size += bytes([low | (0x80 if length else 0)])

    with pytest.raises(ModelRefused, match="5001 operators"):
        inspect(b"\x3a" + size + graph)


def test_fields_are_read_by_their_wire_types() -> None:
    message = b"\x08\x96\x01" + b"\x12\x02hi" + b"\x1d\x00\x00\x00\x00" + b"\x21" + bytes(8) + b"\x28\x05"

    assert [(number, bytes(v) if isinstance(v, memoryview) else v) for number, v in fields(memoryview(message))] == [
        (1, 150), (2, b"hi"), (5, 5),
    ]  # fmt: skip
