"""Files through the front door: what a good one gets, what a bad one gets told, and that a repeat makes one."""

import re
from typing import Any

import pytest

from functions.datasets.app import handler
from shared.activity_log.repository import activity_log
from shared.core.aws import client
from shared.core.settings import settings
from shared.datasets.files import MOST_BYTES
from shared.datasets.repository import dataset_repository
from tests.builders.calls import call
from tests.builders.tabular import make_bucket, put
from tests.builders.uploads import multipart, post, upload

SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
GOOD = b"age,income,region,will_buy\n" + b"".join(
    f"{20 + n},{1000 * n},{'west' if n % 2 else 'north'},{'yes' if n > 15 else 'no'}\n".encode() for n in range(30)
)


@pytest.fixture(autouse=True)
def bucket(tables: Any) -> None:
    make_bucket()


def stored(prefix: str = "") -> dict[str, int]:
    found = client("s3").list_objects_v2(Bucket=settings().data_bucket, Prefix=prefix).get("Contents", [])
    return {one["Key"]: one["Size"] for one in found}


def test_a_good_file_has_the_seeds_fields() -> None:
    answer = upload(handler, GOOD, "customer data.csv")

    assert answer.status == 200, answer
    body = answer.body
    assert (body["filename"], body["size"], body["rows"], body["columns"]) == ("customer data.csv", len(GOOD), 30, 4)
    assert body["column_names"] == ["age", "income", "region", "will_buy"]
    assert body["validation"]["status"] == "valid"
    assert SECONDS.fullmatch(body["upload_time"])
    assert [one["type"] for one in body["profile"]][1:] == ["numeric", "categorical", "boolean"]
    assert call(handler, "GET", f"/api/upload/{body['file_id']}").body == body
    assert stored() == {f"datasets/{body['file_id']}/data.csv": len(GOOD)}
    (entry,) = activity_log().newest("upload", None, 10)
    assert entry.details == {"file_id": body["file_id"], "rows": 30, "columns": 4}


def test_the_same_request_again_makes_one_data_set() -> None:
    first = upload(handler, GOOD, **{"idempotency-key": "k1"})
    second = upload(handler, GOOD, **{"idempotency-key": "k1"})
    other = upload(handler, GOOD, **{"idempotency-key": "k2"})

    assert first.body["file_id"] == second.body["file_id"] != other.body["file_id"]
    assert dataset_repository().stored_bytes() == 2 * len(GOOD)
    assert activity_log().count("upload", None) == 2


@pytest.mark.parametrize(
    ("content", "code", "row", "column"),
    [
        (b"a,a\n1,x\n2,y\n3,z\n", "DUPLICATE_HEADER", 1, "a_2"),
        (b"a,,c\n1,2,x\n2,3,y\n", "EMPTY_HEADER", 1, "column_2"),
        (b"a,b\n" + b"1,x\n2,y\n" * 20 + b"3\n", "SHORT_ROW", 42, None),
        (b"a,b\n" + b"1,x\n2,y\n" * 20 + b"3,z,9\n", "LONG_ROW", 42, None),
        (b"a,b\n1,x\n\n2,y\n", "BLANK_ROWS", 3, None),
        ("a,b\n1,caf\xe9\n2,x\n".encode("latin-1"), "ENCODING_GUESSED", None, None),
        (b"a,b\n1,x\n1,y\n", "CONSTANT_COLUMN", None, "a"),
        (b"a,b\n" + b"".join(b"%d.5,x\n%d.5,y\n" % (n, n) for n in range(40)) + b"n.a.,x\n", "NOT_A_NUMBER", 82, "a"),
    ],
)
def test_what_a_reader_can_live_with_is_a_warning_with_its_place(
    content: bytes, code: str, row: int | None, column: str | None
) -> None:
    answer = upload(handler, content)

    assert answer.status == 200, answer
    warnings = {one["code"]: (one["row"], one["column"]) for one in answer.body["validation"]["warnings"]}
    assert warnings[code] == (row, column)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "data.csv"), (b"\x89PNG\r\n\x1a\n\x00\x01 not a table", "notes.txt"), (b"PK\x03\x04rest", "data.csv"),
        (b"one column\n1\n2\n", "data.csv"), (b"1,2\n3,4\n", "data.csv"), (b"a,b\n", "data.csv"),
        (b'a,b\n"1,2\n' + b"x,y\n" * 40_000, "data.csv"), (b"a,b\n1,\x00\n", "data.csv"), (GOOD, "data.xlsx"),
        (b"a,b\n" + b"1,2,3\n" * 50, "data.csv"),
    ],
    ids=["empty", "png", "zip", "one column", "no header", "no rows", "open quote", "binary", "xlsx", "ragged"],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_reason(content: bytes, name: str) -> None:
    answer = upload(handler, content, name)

    assert (answer.status, answer.body["code"]) == (400, "INVALID_FORMAT"), answer
    assert set(answer.body) == {"error", "details", "code", "timestamp", "request_id"}
    assert answer.body["error"] == "Invalid file format"
    assert len(answer.body["details"]) > len(answer.body["error"])
    assert stored() == {}
    assert activity_log().count(None, None) == 0


def test_a_form_without_the_file_is_refused() -> None:
    answer = upload(handler, GOOD, field="other")

    assert (answer.status, answer.body["code"]) == (422, "INVALID_PARAMETERS")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"a,b\n1,2\n", "text/csv"), (b"no form", "multipart/form-data; boundary=x"), (b"", "multipart/form-data"),
        (b"{", "application/json"), (b"[]", "application/json"), (b"", "application/json"),
        (b'{"upload_key": 7}', "application/json"),
    ],
)  # fmt: skip
def test_no_body_makes_a_server_error(body: bytes, content_type: str) -> None:
    answer = post(handler, body, content_type)

    assert answer.status in (400, 422), answer
    assert stored() == {}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_form_that_breaks_off_is_refused() -> None:
    """Starlette leaves the temporary file of a part without an end to the garbage collector, which warns of it."""
    answer = post(handler, multipart(GOOD)[:200], "multipart/form-data; boundary=----vedette-test")

    assert answer.status in (400, 422), answer
    assert stored() == {}


def test_more_than_fifty_megabytes_are_too_large() -> None:
    line = b"1,2\n"
    body = b"a,b\n" + line * (MOST_BYTES // len(line) + 100)

    answer = upload(handler, body)

    assert (answer.status, answer.body["code"]) == (413, "FILE_TOO_LARGE")
    assert "/api/upload/presign" in answer.body["details"]
    assert stored() == {}


def test_a_presigned_upload_becomes_a_data_set() -> None:
    grant = call(handler, "POST", "/api/upload/presign").body
    assert grant["max_bytes"] == MOST_BYTES
    assert grant["fields"]["key"] == grant["upload_key"]
    assert {"policy", "x-amz-signature"} <= set(grant["fields"])
    put(grant["upload_key"], GOOD)
    sent = {"upload_key": grant["upload_key"], "filename": "big.csv"}

    first = call(handler, "POST", "/api/upload", json=sent, headers={"idempotency-key": "k"})
    again = call(handler, "POST", "/api/upload", json=sent, headers={"idempotency-key": "k"})

    assert first.status == 200, first
    assert (first.body["filename"], first.body["rows"]) == ("big.csv", 30)
    assert again.body == first.body
    assert stored("datasets/") == {f"datasets/{first.body['file_id']}/data.csv": len(GOOD)}


@pytest.mark.parametrize(
    "key",
    ["uploads/up_nothing", "datasets/file_1/data.csv", "models/m/model.onnx", "uploads/../models/m", "/etc/passwd"],
)
def test_only_what_was_granted_can_be_finished(key: str) -> None:
    put("models/m/model.onnx", GOOD)

    answer = call(handler, "POST", "/api/upload", json={"upload_key": key})

    assert answer.status == 404


def test_a_presigned_file_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """S3 holds a form post to the size; whoever gets past that is held to it here."""
    monkeypatch.setattr("shared.datasets.files.MOST_BYTES", 100)
    grant = call(handler, "POST", "/api/upload/presign").body
    put(grant["upload_key"], GOOD)

    answer = call(handler, "POST", "/api/upload", json={"upload_key": grant["upload_key"]})

    assert (answer.status, answer.body["code"]) == (413, "FILE_TOO_LARGE")


def test_an_unknown_file_is_not_found() -> None:
    assert call(handler, "GET", "/api/upload/file_no").status == 404
