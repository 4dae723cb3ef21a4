"""Flink and Spark: Pythons that have them, named by whoever runs the tests; the connector of Maven Central."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from tests.needs import CACHE

CONNECTOR = "org.apache.flink:flink-sql-connector-kafka:5.0.0-2.2"
GATEWAY = "org.apache.flink:flink-sql-gateway:2.2.0"
NO_GATEWAY = "the SQL gateway of Flink cannot be fetched from Maven Central"
NO_JAVA = "Flink and Spark need java"
NO_PYFLINK = "JST_TEST_PYFLINK names no Python that has PyFlink"
NO_PYSPARK = "JST_TEST_PYSPARK names no Python that has PySpark"
NO_CONNECTOR = "the Kafka connector of Flink cannot be fetched from Maven Central"
LAKES = (
    "org.apache.iceberg:iceberg-spark-runtime-4.0_2.13:1.10.0",
    "io.delta:delta-spark_2.13:4.0.0",
    "io.delta:delta-storage:4.0.0",
)
"""What Spark 4.0 reads Iceberg and Delta by; there is one for each minor version of Spark."""
NO_LAKE_PYSPARK = "JST_TEST_PYSPARK_4_0 names no Python that has PySpark 4.0"
NO_LAKES = "what Spark reads Iceberg and Delta by cannot be fetched from Maven Central"


@cache
def pyflink() -> str | None:
    """The Python that has PyFlink."""
    return _python("JST_TEST_PYFLINK", "pyflink")


@cache
def pyspark() -> str | None:
    """The Python that has PySpark."""
    return _python("JST_TEST_PYSPARK", "pyspark")


def _python(variable: str, package: str) -> str | None:
    python = os.environ.get(variable)
    if python is None:
        return None
    done = subprocess.run([python, "-c", f"import {package}"], check=False, capture_output=True)
    return python if done.returncode == 0 else None


def missing_flink() -> str | None:
    """Why Flink cannot run here."""
    if shutil.which("java") is None:
        return NO_JAVA
    return NO_PYFLINK if pyflink() is None else None


def missing_spark() -> str | None:
    """Why Spark cannot run here."""
    if shutil.which("java") is None:
        return NO_JAVA
    return NO_PYSPARK if pyspark() is None else None


@cache
def pyspark_of_lakes() -> str | None:
    """The Python that has PySpark 4.0."""
    return _python("JST_TEST_PYSPARK_4_0", "pyspark")


def missing_lake_spark() -> str | None:
    """Why Spark cannot read tables of Iceberg and Delta here."""
    if shutil.which("java") is None:
        return NO_JAVA
    if pyspark_of_lakes() is None:
        return NO_LAKE_PYSPARK
    return NO_LAKES if lake_jars() is None else None


@cache
def lake_jars() -> list[Path] | None:
    """The jars of Iceberg and Delta for Spark 4.0; ``None`` where they cannot be fetched."""
    jars = [_jar(artifact) for artifact in LAKES]
    return None if None in jars else [jar for jar in jars if jar is not None]


@cache
def connector() -> Path | None:
    """The jar of the Kafka connector of Flink; ``None`` where it cannot be fetched."""
    return _jar(CONNECTOR)


@cache
def gateway_jar() -> Path | None:
    """The jar of the SQL gateway, which PyFlink does not bring; ``None`` where it cannot be fetched."""
    return _jar(GATEWAY)


def _jar(artifact: str) -> Path | None:
    """A jar of Maven Central, fetched once for all processes and runs."""
    _, name, version = artifact.split(":")
    kept = CACHE / f"{name}-{version}.jar"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "flink.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.is_file():
            command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={CACHE}"]
            done = subprocess.run(command, check=False, capture_output=True, timeout=600)
            if done.returncode or not kept.is_file():
                return None
    return kept
