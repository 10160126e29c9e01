"""Starts a platform on a free port with an empty state, walks the contract against it, and judges what failed.

    python tests/contract/walk.py ../shared/contract/check_contract.py

`NOT_BUILT` names the lines that later issues build, as patterns; any other failing line fails the run.
"""

import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

SEEDS = "docs,mlops,sentineliq,autosentinel,v1,websocket"
LATER_AREAS = "security|audit|integrations|notifications|ai-models|resources|knowledge-base|analytics|backup"
NOT_BUILT = {
    r"GET /openapi\.json": "the operations of seeds 000 and 002 come with issues 5 to 7",
    rf"\w+ /api/v1/({LATER_AREAS})(/.*)?": "the other areas of seed 002 come with issues 6 and 7",
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
    expected = {name for name in failing if any(re.fullmatch(pattern, name) for pattern in NOT_BUILT)}
    for name in sorted(failing - expected):
        print(f"FAILED {name}")
    for pattern in NOT_BUILT:
        if not any(re.fullmatch(pattern, name) for name in failing):
            print(f"note: nothing like {pattern} fails any more; take it out of NOT_BUILT")
    print(f"{len(failing)} lines fail, {len(expected)} of them because a later issue builds them")
    return 1 if failing - expected else 0


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
