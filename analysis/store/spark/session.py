"""The Spark session of this process: in UTC, quiet, and on a machine of its own bound to the loopback.

Spark and its Java tell much that is no news to who builds a corpus. Here it goes to a file, beside Spark's temporary
files in a folder of the store; what goes wrong comes as an exception all the same.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import NewsgaugeError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["NoSpark", "close_session", "open_session"]

_HERE = re.compile(r"local\b|spark://(127\.0\.0\.1|localhost)\b")  # masters of this machine
_QUIET = {
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
_ON_THIS_MACHINE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "4",
    "spark.shuffle.io.retryWait": "1s",  # who does not answer on the same machine is dead
}


class NoSpark(NewsgaugeError):
    """Spark is not installed, has no Java, or cannot be started."""


def open_session(master: str | None, folder: Path) -> SparkSession:
    """The session of this process: the one that is open, or a new one.

    Args:
        master: where the work is done, as Spark writes it: ``local[4]`` (threads of this process),
            ``spark://host:7077``, ``yarn``, ``k8s://…``; ``local[*]``, every core of this machine, unless given.
        folder: where Spark may keep temporary files and its log, while it runs; made where there is none.

    Raises:
        NoSpark: pyspark or Java is missing, Spark cannot be started, or a session of another master is open.
    """
    _check_installed()
    from pyspark import SparkContext  # noqa: PLC0415 - an extra
    from pyspark.sql import SparkSession  # noqa: PLC0415

    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    running = SparkContext._active_spark_context  # noqa: SLF001 - pyspark has no public word for it
    if running is not None:
        if master is not None and running.master != master:
            raise NoSpark(
                f"master must be {running.master}, which this process uses already; got {master!r:.80}"
            )
        session = SparkSession.builder.getOrCreate()
        session.conf.set("spark.sql.session.timeZone", "UTC")
        return session
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    folder.mkdir(parents=True, exist_ok=True)
    builder = SparkSession.builder.appName("newsgauge")
    for name, value in _settings(master or "local[*]", folder).items():
        builder = builder.config(name, value)
    try:
        with _stderr_to(folder / "spark.log"):
            session = builder.getOrCreate()
    except Exception as error:
        told = str(error).strip().splitlines()
        raise NoSpark(
            f"Spark did not start ({told[0] if told else error!r}); see {folder / 'spark.log'}"
        ) from error
    atexit.register(close_session)  # before pyspark's own
    return session


def close_session() -> None:
    """Stop the session of this process and remove its temporary files; nothing where there is none."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra

    session = SparkSession.getActiveSession()
    if session is not None:
        folder = session.conf.get("spark.newsgauge.folder", None)
        session.stop()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _check_installed() -> None:
    try:
        import pyspark  # noqa: F401, PLC0415 - an extra
    except ImportError:
        raise NoSpark('the engine spark needs pyspark: pip install "newsgauge[spark]"') from None
    home = os.environ.get("JAVA_HOME")
    if not (home and Path(home, "bin", "java").exists()) and shutil.which("java") is None:
        raise NoSpark(
            "the engine spark needs Java 17 or later: on Debian, apt install openjdk-17-jre-headless"
        )


def _settings(master: str, folder: Path) -> dict[str, str]:
    """What the session is told; on a real cluster everything else is its administrator's."""
    settings = {**_QUIET, "spark.master": master, "spark.newsgauge.folder": str(folder)}
    if _HERE.match(master):
        settings |= {**_ON_THIS_MACHINE, "spark.local.dir": str(folder)}
    if master.startswith("local-cluster"):
        os.environ["SPARK_HOME"] = str(_home(folder))
        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    return settings


def _home(folder: Path) -> Path:
    """Spark's own folder, by links: workers of a ``local-cluster`` write into ``work`` beneath it."""
    import pyspark  # noqa: PLC0415 - an extra

    home = folder / "home"
    home.mkdir(exist_ok=True)
    for each in Path(pyspark.__file__).parent.iterdir():
        if not (home / each.name).exists() and each.name != "work":
            (home / each.name).symlink_to(each)
    return home


@contextmanager
def _stderr_to(path: Path) -> Iterator[None]:
    """What this process and those that it starts meanwhile write to standard error goes to a file."""
    sys.stderr.flush()
    kept = os.dup(2)
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.dup2(log, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(log)
