<?php
// async-aws of Debian 12: its default chain.
require '/usr/share/php/AsyncAws/Core/autoload.php';

echo json_encode(['version' => trim((string) shell_exec("dpkg-query -W -f '\${Version}' php-async-aws-core"))]), "\n";

if ($argv[1] === '0') {
    exit;
}

$credentials = AsyncAws\Core\Credentials\ChainProvider::createDefaultChain()->getCredentials(AsyncAws\Core\Configuration::create([]));

if ($credentials === null) {
    fwrite(STDERR, "no credentials\n");
    exit(1);
}

echo json_encode(['accessKeyId' => $credentials->getAccessKeyId()]), "\n";
