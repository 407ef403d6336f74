// The AWS SDK for JavaScript v3: one STS client for all calls. Its packages are in NODE_PATH, which Deno does not search.
const { inspect } = require("node:util");
const { setTimeout: sleep } = require("node:timers/promises");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const load = createRequire(join(process.env.NODE_PATH, "client.cjs"));
const { STSClient, GetCallerIdentityCommand } = load("@aws-sdk/client-sts");

const { deno, bun } = process.versions;
const runtime = deno ? `, Deno ${deno}` : bun ? `, Bun ${bun}` : "";
console.log(JSON.stringify({ version: load("@aws-sdk/client-sts/package.json").version + runtime }));

(async () => {
  const sts = new STSClient({ endpoint: process.env.CLIENT_STS_ENDPOINT });

  for (let call = 0; call < Number(process.argv[2]); call++) {
    await sleep(call ? 1000 * Number(process.env.CLIENT_PAUSE ?? 0) : 0);
    try {
      const identity = await sts.send(new GetCallerIdentityCommand({}));
      console.log(JSON.stringify({ account: identity.Account, arn: identity.Arn }));
    } catch (error) {
      if (!process.env.CLIENT_GOES_ON) throw error;
      console.log(JSON.stringify({ error: inspect(error) }));
    }
  }
})().catch((error) => {
  console.log(JSON.stringify({ error: inspect(error) }));
  process.exitCode = 1;
});
