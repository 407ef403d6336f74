<?php
// async-aws of Debian 12: its default chain.
require '/usr/share/php/AsyncAws/Core/autoload.php';

echo json_encode(['version' => trim((string) shell_exec("dpkg-query -W -f '\${Version}' php-async-aws-core"))]), "\n";

$chain = AsyncAws\Core\Credentials\ChainProvider::createDefaultChain();

for ($call = 0; $call < (int) $argv[1]; $call++) {
    usleep($call > 0 ? (int) (1e6 * (float) getenv('CLIENT_PAUSE')) : 0);
    $credentials = $chain->getCredentials(AsyncAws\Core\Configuration::create([]));

    if ($credentials === null) {
        echo json_encode(['error' => 'no credentials']), "\n";
        exit(1);
    }

    echo json_encode(['accessKeyId' => $credentials->getAccessKeyId()]), "\n";
}
