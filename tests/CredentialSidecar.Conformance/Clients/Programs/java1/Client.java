import com.amazonaws.auth.DefaultAWSCredentialsProviderChain;
import com.amazonaws.util.VersionInfoUtils;
import java.io.PrintWriter;
import java.io.StringWriter;

/** The AWS SDK for Java v1: its default credentials chain alone, for its STS jar is not among those at hand. */
public final class Client {
    public static void main(String[] args) throws Exception {
        say("version", VersionInfoUtils.getVersion());
        double pause = Double.parseDouble(System.getenv().getOrDefault("CLIENT_PAUSE", "0"));

        try {
            DefaultAWSCredentialsProviderChain chain = DefaultAWSCredentialsProviderChain.getInstance();

            for (int call = 0; call < Integer.parseInt(args[0]); call++) {
                Thread.sleep(call > 0 ? (long) (pause * 1000) : 0);
                say("accessKeyId", chain.getCredentials().getAWSAccessKeyId());
            }
        } catch (Exception e) {
            StringWriter text = new StringWriter();
            e.printStackTrace(new PrintWriter(text));
            say("error", text.toString());
            System.exit(1);
        }
    }

    private static void say(String name, String value) {
        String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "").replace("\t", " ");
        System.out.println("{\"" + name + "\":\"" + escaped + "\"}");
    }
}
