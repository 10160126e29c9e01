"""One line of progress for `make run` while pip installs. Standard library only: it runs before anything is installed.

pip install ... 2>&1 | python3 infra/progress.py 61
"""

import sys

WIDTH = 40


def main() -> int:
    """Counts pip's `Collecting` lines; anything that looks like an error is shown and makes the step fail."""
    total, seen, failed, tail = int(sys.argv[1]), 0, False, ""
    for line in sys.stdin:
        tail = line.strip()
        seen += tail.startswith(("Collecting ", "Requirement already satisfied"))
        if tail.startswith("ERROR"):
            failed = True
            print(f"\n{tail}", flush=True)
        if sys.stdout.isatty() or seen % 20 == 1:
            share = min(1.0, seen / max(1, total))
            bar = "#" * int(WIDTH * share)
            end = "\r" if sys.stdout.isatty() else "\n"
            if tail.startswith(("Collecting ", "Installing ")):
                print(f"  [{bar:<{WIDTH}}] {tail[:60]:<60}", end=end, flush=True)
    print(f"  {'failed' if failed else 'installed'}{' ' * 110}", flush=True)
    return 1 if failed or not tail.startswith(("Successfully installed", "Requirement already", "[notice]")) else 0


if __name__ == "__main__":
    sys.exit(main())
