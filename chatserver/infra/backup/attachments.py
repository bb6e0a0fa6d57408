"""The bytes of attachments: one archive of the folder in which they are kept, sealed as they are there."""

import os
import shutil
import tarfile
from pathlib import Path
from typing import Final

ARCHIVE: Final = "attachments.tar"


def archive(kept: Path, draft: Path) -> None:
    """Put every file of the folder into the backup; what is deleted meanwhile is left out. Blocks."""
    if not kept.is_dir():
        return
    with tarfile.open(draft / ARCHIVE, "w") as tar:
        for path in sorted(kept.iterdir()):
            try:
                with path.open("rb") as file:
                    told = tarfile.TarInfo(path.name)
                    told.size = os.fstat(file.fileno()).st_size
                    told.mode = 0o600
                    tar.addfile(told, file)
            except (FileNotFoundError, IsADirectoryError):
                continue


def bring_back(folder: Path, kept: Path) -> None:
    """Put what the archive of a backup holds into the folder, each file whole or not at all. Blocks."""
    if not (folder / ARCHIVE).is_file():
        return  # written before bytes were part of it, or they are in a bucket
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tarfile.open(folder / ARCHIVE) as tar:
        for told in tar:
            file = tar.extractfile(told) if told.isfile() and Path(told.name).name == told.name else None
            if file is None:
                continue
            draft = kept / f".{told.name}.partial"
            with file, draft.open("wb") as out:
                shutil.copyfileobj(file, out)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(kept / told.name)
