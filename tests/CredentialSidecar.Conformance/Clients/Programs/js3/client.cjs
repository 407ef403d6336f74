// The AWS SDK for JavaScript v3: one STS client for all calls. Its packages are found over NODE_PATH.
const { inspect } = require("node:util");
const { setTimeout: sleep } = require("node:timers/promises");
const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");

console.log(JSON.stringify({ version: require("@aws-sdk/client-sts/package.json").version }));

(async () => {
  const sts = new STSClient({ endpoint: process.env.CLIENT_STS_ENDPOINT });

  for (let call = 0; call < Number(process.argv[2]); call++) {
    await sleep(call ? 1000 * Number(process.env.CLIENT_PAUSE ?? 0) : 0);
    const identity = await sts.send(new GetCallerIdentityCommand({}));
    console.log(JSON.stringify({ account: identity.Account, arn: identity.Arn }));
  }
})().catch((error) => {
  console.log(JSON.stringify({ error: inspect(error) }));
  process.exitCode = 1;
});
