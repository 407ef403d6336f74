// The CRT for node: its default credentials chain, seen through what it signs, for it has no service clients.
const { inspect } = require("node:util");
const { setTimeout: sleep } = require("node:timers/promises");
const { auth, http } = require("aws-crt");

console.log(JSON.stringify({ version: require("aws-crt/package.json").version }));

(async () => {
  const provider = auth.AwsCredentialsProvider.newDefault();

  for (let call = 0; call < Number(process.argv[2]); call++) {
    await sleep(call ? 1000 * Number(process.env.CLIENT_PAUSE ?? 0) : 0);
    try {
      const request = new http.HttpRequest("GET", "/", new http.HttpHeaders([["host", "example.com"]]));
      const signed = await auth.aws_sign_request(request, {
        algorithm: auth.AwsSigningAlgorithm.SigV4,
        signature_type: auth.AwsSignatureType.HttpRequestViaHeaders,
        provider,
        region: "eu-central-1",
        service: "sts",
      });
      console.log(JSON.stringify({ accessKeyId: /Credential=([^/]+)/.exec(signed.headers.get("Authorization"))[1] }));
    } catch (error) {
      if (!process.env.CLIENT_GOES_ON) throw error;
      console.log(JSON.stringify({ error: inspect(error) }));
    }
  }
})().catch((error) => {
  console.log(JSON.stringify({ error: inspect(error) }));
  process.exitCode = 1;
});
