"""How a report's files reach the output folder: all of them, or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..artifacts import make_folder, write_bytes
from ..errors import OutputError


@contextmanager
def output_folder(path: str | Path) -> Iterator[Path]:
    """Make a writable folder, and take it away again if the work inside the block fails."""
    path = Path(path)
    new = [p for p in (path, *path.parents) if not p.exists()]
    folder = make_folder(path)
    try:
        yield folder
    except BaseException:
        for empty in new:
            if not any(empty.iterdir()):
                empty.rmdir()
        raise


def publish(files: Mapping[str, bytes], folder: Path, outdated: Iterable[str] = ()) -> None:
    """Write all files beside the folder's own, then rename them into place, the last one last.

    Parameters
    ----------
    files : mapping of str to bytes
        Content by path inside the folder; the manifest comes last.
    folder : Path
        Where they go.
    outdated : iterable of str
        Paths that an earlier run wrote; those not written now are deleted.
    """
    staging = Path(tempfile.mkdtemp(dir=folder, prefix=".carbonlink-"))
    try:
        for path, content in files.items():
            write_bytes(staging / path, content)
        for path in files:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(staging / path, folder / path)
        for path in outdated:
            target = (folder / path).resolve()
            if path not in files and folder.resolve() in target.parents:
                target.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written ({error.strerror or error}).",
            "Close the program that holds its files, or name another folder with --out.",
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
