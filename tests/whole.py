# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the whole program share: running it, reading what it prints, and counting what was checked."""

import json
import os
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
PROGRAM = os.environ.get("BINDSIGHT", str(SOURCE / "build/asan/cli/bindsight"))
# Public captures that are not ours to ship; tests that need them skip where they are absent.
CAPTURES = Path(os.environ.get("BINDSIGHT_CAPTURES", SOURCE.parent / "shared/captures"))
SKIPPED = 77
# A sanitizer's report must not pass for "findings", which is status 1 too.
SANITIZER_STATUS = 99


class Run:
    """One run of bindsight that has ended."""

    def __init__(self, arguments, seconds=60, stdin=None):
        if not os.access(PROGRAM, os.X_OK):
            sys.exit(f"no program at {PROGRAM}: build it, or say in BINDSIGHT where it is")
        options = f"exitcode={SANITIZER_STATUS}"
        environment = dict(os.environ, TZ="UTC", ASAN_OPTIONS=options, UBSAN_OPTIONS=options)
        self.command = " ".join(["bindsight", *map(str, arguments)])
        try:
            done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=SOURCE, env=environment, stdin=stdin,
                                  capture_output=True, timeout=seconds)
            self.status, self.out, self.errors = done.returncode, done.stdout, done.stderr.decode(errors="replace")
        except subprocess.TimeoutExpired:
            self.status, self.out, self.errors = None, b"", f"no end after {seconds} s"

    @property
    def worked(self):
        return self.status in (0, 1)

    def records(self, kind=None):
        """The JSON Lines that it printed, all or those of one type."""
        lines = [json.loads(line) for line in self.out.decode().splitlines()]
        return [line for line in lines if kind is None or line["type"] == kind]

    def __str__(self):
        return f"{self.command}: status {self.status} {self.errors.strip()[-500:]}"


def analyze(*files):
    return Run(["analyze", "-o", "json", *files])


def table(path, columns):
    """The rows of a tab-separated file as dictionaries; lines that begin with # are remarks."""
    rows = []
    for number, line in enumerate(Path(path).read_text().splitlines(), 1):
        if line and not line.startswith("#"):
            cells = line.split("\t")
            if len(cells) != len(columns):
                sys.exit(f"{path}:{number}: {len(cells)} columns, {len(columns)} expected: {', '.join(columns)}")
            rows.append(dict(zip(columns, cells)))
    return rows


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


class Checks:
    """Counts; says what failed at once."""

    def __init__(self):
        self.done = self.failed = 0

    def check(self, holds, what):
        self.done += 1
        if not holds:
            self.failed += 1
            print(f"FAILED: {what}")
        return bool(holds)

    def end(self, subject):
        """Never returns. A run that checked nothing has failed."""
        print(f"{subject}: {self.done} checks, {self.failed} failed")
        sys.exit(1 if self.failed or not self.done else 0)
