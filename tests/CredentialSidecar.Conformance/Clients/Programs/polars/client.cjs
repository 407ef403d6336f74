// polars, whose object_store has credentials of its own. Its packages are found over NODE_PATH.
const { run } = require("../recorder/recorder.cjs");
const polars = require("nodejs-polars");

// After an error polars makes a new store, which asks for credentials anew, so there has to be a file.
const file = polars.DataFrame({ column: [1] }).writeParquet();

run(
  require("nodejs-polars/package.json").version,
  (endpoint, call) =>
    polars.scanParquet(`s3://bucket/${call}.parquet`, { cloudOptions: { endpoint_url: endpoint, allow_http: "true" } }).collect(),
  file,
);
