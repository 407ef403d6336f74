"""An STS that lets everyone in after a while: sts.py PORT SECONDS."""

import asyncio
import datetime
import sys
import urllib.parse

PORT, SECONDS = int(sys.argv[1]), float(sys.argv[2])
BODY = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>arn:aws:sts::{account}:assumed-role/{name}/{session}</Arn></AssumedRoleUser>
<Credentials><AccessKeyId>ASIA{account}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}</SessionToken>
<Expiration>{end}</Expiration></Credentials></AssumeRoleResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>"""


async def serve(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length:"))
            asked = urllib.parse.parse_qs((await reader.readexactly(length)).decode())
            await asyncio.sleep(SECONDS)
            arn = asked["RoleArn"][0].split(":")
            end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
            body = BODY.format(
                account=arn[4], name=arn[5].split("/")[-1], session=asked["RoleSessionName"][0], secret="s" * 40, token="t" * 800,
                end=end.strftime("%Y-%m-%dT%H:%M:%SZ"),
            ).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main():
    await (await asyncio.start_server(serve, "127.0.0.1", PORT, backlog=1024)).serve_forever()


asyncio.run(main())
