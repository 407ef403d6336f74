// LanceDB, which has its credentials from the AWS SDK for Rust. Its packages are found over NODE_PATH.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { run } = require("../recorder/recorder.cjs");
const { connect } = require("@lancedb/lancedb");

// The package exports no version.
const { version } = JSON.parse(readFileSync(join(require.resolve("@lancedb/lancedb"), "../../package.json"), "utf8"));
let connection;

run(version, async (endpoint) => {
  connection ??= await connect("s3://bucket/db", { storageOptions: { endpoint, allowHttp: "true" } });
  await connection.tableNames();
});
