// The AWS SDK for JavaScript v2: one STS client for all calls. Its package is found over NODE_PATH.
const { inspect } = require("node:util");
const { setTimeout: sleep } = require("node:timers/promises");
const AWS = require("aws-sdk");

console.log(JSON.stringify({ version: AWS.VERSION }));

(async () => {
  const sts = new AWS.STS({ endpoint: process.env.CLIENT_STS_ENDPOINT });

  for (let call = 0; call < Number(process.argv[2]); call++) {
    await sleep(call ? 1000 * Number(process.env.CLIENT_PAUSE ?? 0) : 0);
    try {
      const identity = await sts.getCallerIdentity().promise();
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
