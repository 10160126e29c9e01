"""Starts a platform on a free port with an empty state, walks the contract against it, and judges what failed.

    python tests/contract/walk.py ../shared/contract/check_contract.py

`NOT_BUILT` names the lines that later issues build; any other failing line, or one of these that passes and still
stands here, fails the run.
"""

import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

SEEDS = "docs,sentineliq,websocket"
NOT_BUILT = {
    "GET /openapi.json": "the operations of seeds 000 to 003 come with issues 3 to 7",
    "POST /api/upload": "the socket's training_progress step uploads a file first; issue 4",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(base: str, platform: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and platform.poll() is None:
        try:
            with urllib.request.urlopen(base + "/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the platform did not start")


def token(role: str, data: str) -> str:
    command = [sys.executable, "-m", "infra.local", "token", "--role", role, "--new", "--data", data]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def walk(checker: str, base: str, data: str) -> str:
    command = [sys.executable, checker, "--base", base, "--only", SEEDS, "--strict"]
    command += ["--token", token("viewer", data), "--admin-token", token("admin", data)]
    return subprocess.run(command, capture_output=True, text=True).stdout


def judge(report: str) -> int:
    print(report)
    failing = {_name(line) for line in report.splitlines() if line.startswith("FAIL")}
    if not re.search(r"^\d+ ok, \d+ failed", report, re.MULTILINE):
        print("the walk broke off")
        return 1
    unexpected, passing = failing - NOT_BUILT.keys(), NOT_BUILT.keys() - failing
    for name in sorted(unexpected):
        print(f"FAILED {name}")
    for name in sorted(passing):
        print(f"note: {name} does not fail any more; take it out of NOT_BUILT")
    print(f"{len(failing)} lines fail, {len(failing & NOT_BUILT.keys())} of them because a later issue builds them")
    return 1 if unexpected else 0


def _name(line: str) -> str:
    """`FAIL POST   /api/upload  [mlops] ...` as `POST /api/upload`; socket lines with their message."""
    _, method, path, label, *_ = [*line.split(None, 3), ""]
    bracket = re.match(r"\[[^\]]*\]", label)
    return f"{method} {path} {bracket[0]}" if method == "WS" and bracket else f"{method} {path}"


def main() -> int:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "infra.local", "--port", str(port), "--data", data, "--auth", "open"]
        platform = subprocess.Popen(command)
        try:
            wait_until_ready(base, platform)
            return judge(walk(sys.argv[1], base, data))
        finally:
            platform.terminate()
            platform.wait(20)


if __name__ == "__main__":
    sys.exit(main())
