# SPDX-License-Identifier: GPL-3.0-or-later
"""The text report of every sample, as it is kept in NAME.txt beside this file."""

from pathlib import Path

from whole import SOURCE, Run

FOLDER = Path(__file__).resolve().parent


def samples():
    return sorted((SOURCE / "samples").glob("*.pcap"))


def golden_of(sample):
    return FOLDER / f"{sample.stem}.txt"


def goldens():
    return sorted(path for path in FOLDER.glob("*.txt") if path.name != "CMakeLists.txt")


def report(sample):
    """Times are in UTC and it names no elapsed time, so that every run reads alike."""
    return Run(["analyze", "--color", "never", sample.relative_to(SOURCE)])
