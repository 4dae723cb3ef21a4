"""Runs in a Python that has PySpark: ``spark_job.py MODULE JOBS`` with jobs as JSON, the answers on the last line."""

from __future__ import annotations

import importlib.util
import json
import sys
from typing import Any


def main() -> None:
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as F

    builder = SparkSession.builder.master("local[1]").config("spark.sql.session.timeZone", "UTC")
    builder = builder.config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "1")
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    answers: list[Any] = []
    for number, (path, function, query) in enumerate(json.loads(sys.argv[1])):
        spec = importlib.util.spec_from_file_location(f"streams_{number}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        frame = getattr(module, function)(spark)
        if query == "windows":
            frame = frame.groupBy(F.window("event_time", "5 minutes")).agg(F.count("*"), F.sum("order_id"))
            frame = frame.select(F.date_format("window.start", "yyyy-MM-dd HH:mm:ss.SSS"), "count(1)", "sum(order_id)")
        else:
            frame = frame.selectExpr(*query)
        mode = "complete" if query == "windows" else "append"
        running = frame.writeStream.outputMode(mode).format("memory").queryName(f"out_{number}")
        try:
            running.trigger(availableNow=True).start().awaitTermination()
        except Exception as error:
            answers.append({"error": str(error)[:300]})
        else:
            answers.append([list(row) for row in spark.table(f"out_{number}").collect()])
    print(json.dumps(answers, default=str))


main()
