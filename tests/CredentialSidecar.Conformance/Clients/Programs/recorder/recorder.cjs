// For clients of S3 alone: a server that has one file at most, and prints who signed the requests of each call.
const http = require("node:http");
const { inspect } = require("node:util");
const { setTimeout: sleep } = require("node:timers/promises");

// What a call ends with does not matter: without a signature it could not act as anybody.
exports.run = async (version, call, file) => {
  console.log(JSON.stringify({ version }));
  const seen = new Set();
  const server = http.createServer((request, response) => {
    seen.add(/Credential=(\w+)\//.exec(request.headers.authorization)?.[1] ?? "anonymous");
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range) ?? [];

    if (request.url.includes("list-type=2")) {
      response.writeHead(200, { "Content-Type": "application/xml" });
      response.end("<ListBucketResult><Name>bucket</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>");
    } else if (!file) {
      response.writeHead(404).end();
    } else if (from) {
      response.writeHead(206, { "Content-Range": `bytes ${from}-${to}/${file.length}` }).end(file.subarray(from, Number(to) + 1));
    } else {
      response.writeHead(200, { "Content-Length": file.length, ETag: '"1"', "Last-Modified": new Date(0).toUTCString() }).end(file);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  // Above the endpoint that the call names, for some.
  delete process.env.AWS_ENDPOINT_URL_S3;
  const endpoint = `http://127.0.0.1:${server.address().port}`;

  for (let i = 0; i < Number(process.argv[2]); i++) {
    await sleep(i ? 1000 * Number(process.env.CLIENT_PAUSE ?? 0) : 0);
    seen.clear();
    const error = await call(endpoint, i).then(() => "no request", (error) => error);

    // A call may take a new session in its midst.
    if (seen.size > 0 && !seen.has("anonymous")) {
      console.log(JSON.stringify({ accessKeyId: [...seen].at(-1) }));
    } else {
      console.log(JSON.stringify({ error: `signed by ${[...seen]}: ${inspect(error)}` }));
      process.exitCode = 1;
      if (!process.env.CLIENT_GOES_ON) break;
    }
  }

  process.exit();
};
