"""A job for a Python with PySpark, told what to do by a file of JSON: statements of SQL, and tables to read; prints JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession

WORK = json.loads(Path(sys.argv[1]).read_bytes())
session = (
    SparkSession.builder.master("local[2]")
    .config("spark.jars", ",".join(WORK["jars"]))
    .config("spark.ui.enabled", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.databricks.delta.snapshotPartitions", "1")
    .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    .config("spark.sql.catalog.ice", "org.apache.iceberg.spark.SparkCatalog")
    .config("spark.sql.catalog.ice.type", "hadoop")
    .config("spark.sql.catalog.ice.warehouse", WORK["warehouse"])
    .config("spark.sql.warehouse.dir", WORK["warehouse"])
    .getOrCreate()
)
session.sparkContext.setLogLevel("ERROR")
rows = {}
for name, (form, place) in WORK.get("tables", {}).items():
    rows[name] = [json.loads(row) for row in session.read.format(form).load(place).toJSON().collect()]
failed = []
for statement in WORK.get("statements", ()):
    try:
        session.sql(statement)
    except Exception as error:
        failed.append([statement, str(error)])
columns = {
    name: session.table(name).schema.json() for name in WORK.get("schemas", ()) if session.catalog.tableExists(name)
}
print(json.dumps({"rows": rows, "failed": failed, "columns": columns}))
