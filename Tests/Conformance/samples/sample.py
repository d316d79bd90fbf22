"""The configuration of samples, and how they are unpacked."""

import json
import pathlib
import subprocess
import tarfile

from peers.collector import configuration
from peers.processes import POSTMETER

HERE = pathlib.Path(__file__).resolve().parent
PASSWORD = "postmark:0f4c9a7b2d6e8135"
NAMES = sorted(path.stem for path in HERE.glob("*.json"))

TREE = configuration({"resend": "resend", "postmark": "postmark"})
TREE["endpoints"][1]["secret"] = PASSWORD
TREE["journal"] = {"segment_bytes": 4 << 20, "byte_limit": 32 << 20, "retain_bytes": 8 << 20}
TREE["logs"] = {"events": "all"}
TREE["otlp"] = {
    "name": "main", "interval": "500ms", "span_interval": "200ms", "log_interval": "200ms", "timeout": "1s",
    "compression": "none",
}
# The key in the data folder is part of the layout.
del TREE["trace_key"]


def unpack(name: str, folder: pathlib.Path) -> dict:
    """Puts the data folder of a sample into a folder; what the figures must be."""
    with tarfile.open(HERE / f"{name}.tar.xz") as archive:
        archive.extractall(folder)
    (folder / "data").chmod(0o700)
    return json.loads((HERE / f"{name}.json").read_text())


def journal_end(data: pathlib.Path) -> int:
    """The number after the newest record of a journal."""
    done = subprocess.run(
        [POSTMETER, "journal", "verify", "--data", data], capture_output=True, text=True, timeout=60, check=True
    )
    words = done.stdout.split()
    return int(words[words.index("to") + 1].rstrip(":")) + 1 if "to" in words else 1
