import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.util.VersionInfo;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The AWS SDK for Java v2: its default credentials chain alone, for its STS jar is not among those at hand. */
public final class Client {
    public static void main(String[] args) throws Exception {
        say("version", VersionInfo.SDK_VERSION);
        double pause = Double.parseDouble(System.getenv().getOrDefault("CLIENT_PAUSE", "0"));

        try (DefaultCredentialsProvider chain = DefaultCredentialsProvider.create()) {
            for (int call = 0; call < Integer.parseInt(args[0]); call++) {
                Thread.sleep(call > 0 ? (long) (pause * 1000) : 0);

                try {
                    say("accessKeyId", chain.resolveCredentials().accessKeyId());
                    callService(chain);
                } catch (Exception e) {
                    if (System.getenv("CLIENT_GOES_ON") == null) {
                        throw e;
                    }

                    sayError(e);
                }
            }
        } catch (Exception e) {
            sayError(e);
            System.exit(1);
        }
    }

    /** A call that needs a region, where a service is named. */
    private static void callService(DefaultCredentialsProvider chain) {
        String endpoint = System.getenv("CLIENT_DYNAMODB_ENDPOINT");

        if (endpoint != null) {
            try (DynamoDbClient client = DynamoDbClient.builder().credentialsProvider(chain).endpointOverride(URI.create(endpoint)).build()) {
                client.listTables();
            }
        }
    }

    private static void sayError(Exception e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        say("error", text.toString());
    }

    private static void say(String name, String value) {
        String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "").replace("\t", " ");
        System.out.println("{\"" + name + "\":\"" + escaped + "\"}");
    }
}
