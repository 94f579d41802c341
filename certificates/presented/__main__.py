"""Read one file from the standard input in a process of its own, and print what it holds.

A file of a stranger is decoded by large libraries: here they have neither memory without bound nor
time, nothing to write to, and no secret to find.
"""

import json
import resource
import sys
from dataclasses import asdict

from certificates.presented.find import find_in

MEMORY_BYTES_MAX = 640 << 20
PROCESSOR_SECONDS_MAX = 10


def main() -> None:
    """Bound this process, then read."""
    for limit, bound in (
        (resource.RLIMIT_AS, MEMORY_BYTES_MAX),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS_MAX),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (bound, bound))
    json.dump(asdict(find_in(sys.stdin.buffer.read())), sys.stdout)


if __name__ == "__main__":
    main()
