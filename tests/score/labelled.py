# SPDX-License-Identifier: GPL-3.0-or-later
"""The labels, the findings of the captures that they are about, and which belong together."""

import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from whole import CAPTURES, SOURCE, Run, table

LABELS = Path(__file__).resolve().parent / "labels.tsv"
COLUMNS = ["capture", "client", "server", "interface", "rule", "sessions", "foreseen", "first", "last", "why"]
NOTHING, AVERTED, EITHER = "-", "averted", "?"
PUBLIC = "real/"
AT_ONCE = 2


def by_capture(path=LABELS):
    """The labels of each capture, as numbers where they are numbers."""
    captures = {}
    for label in table(path, COLUMNS):
        for column in ("sessions", "foreseen", "first", "last"):
            label[column] = int(label[column]) if label[column] else None
        captures.setdefault(label["capture"], []).append(label)
    return captures


def path_of(word):
    """A word of the first column: a file, or an option, which stays."""
    if word.startswith("-"):
        return word
    return CAPTURES / word[len(PUBLIC):] if word.startswith(PUBLIC) else SOURCE / "samples" / word


def files_of(capture):
    return [path_of(word) for word in capture.replace("+", " ").split() if not word.startswith("-")]


def is_here(capture):
    return CAPTURES.is_dir() or PUBLIC not in capture


def analyze(capture):
    """The run over what the first column names; what precedes a + is only remembered."""
    *earlier, last = [[path_of(word) for word in words.split()] for words in capture.split("+")]
    if not earlier:
        return Run(["analyze", "-o", "json", *last])
    with tempfile.TemporaryDirectory() as folder:
        state = ["--state", os.path.join(folder, "state")]
        for words in earlier:
            run = Run(["analyze", "-o", "json", *state, *words])
            if not run.worked:
                return run
        return Run(["analyze", "-o", "json", *state, *last])


def at_once(work, items):
    """What work says of each item, in their order."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, items))


def rule_of(finding):
    return AVERTED if finding["state"] == AVERTED else finding["rule"]


def interface_of(finding):
    return finding["interface"]["uuid"] if finding["interface"] else ""


def who(finding):
    """Whom it is about, as a label says it."""
    return finding["client"]["ip"], finding["server"]["ip"], interface_of(finding)


def whom(label):
    return label["client"], label["server"], label["interface"]


def is_either(label, finding):
    return (label["rule"].startswith(EITHER) and whom(label) == who(finding) and
            label["rule"][1:] in ("", rule_of(finding)))


def is_right(label, finding):
    return label["rule"] == rule_of(finding) and whom(label) == who(finding)


def obliging(labels):
    """Those that a finding must come of."""
    return [label for label in labels if label["rule"] != NOTHING and not label["rule"].startswith(EITHER)]
