using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Radosgw;

/// <summary>Ceph's object gateway with an in-memory store, as an STS and an S3.</summary>
/// <remarks>It checks signatures and session tokens, and rejects expired sessions.</remarks>
/// <remarks>
/// One for all classes of this ring, since it takes some seconds to start. Loopback only, files in a folder of its own; its processes
/// are children of this one and end with it. There are two gateways, so that STS can be stopped and S3 go on.
/// </remarks>
internal sealed class Cluster
{
    private static readonly Lazy<Task<Cluster>> Once = new(StartAsync);

    private readonly string _folder = Directory.CreateTempSubdirectory("radosgw").FullName;
    private readonly int _gateway = FreePort.Find();
    private readonly int _sts = FreePort.Find();
    private ChildProcess? _stopped;

    private Cluster() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // One of them was still writing its last line.
        }
    };

    /// <summary>S3, and an STS that stays.</summary>
    public Uri Gateway => new($"http://127.0.0.1:{_gateway}");

    /// <summary>An STS that a test may stop, with the same accounts.</summary>
    public Uri Sts => new($"http://127.0.0.1:{_sts}");

    /// <summary>Skips the test where Ceph is not installed.</summary>
    public static async Task<Cluster> SharedAsync()
    {
        await Installed.RadosgwAsync();
        return await Once.Value;
    }

    /// <summary>An S3 client with buckets in paths, checksums only where the protocol requires them, and no retries.</summary>
    public AmazonS3Client S3(AWSCredentials credentials) => new(credentials, new AmazonS3Config
    {
        ServiceURL = Gateway.AbsoluteUri,
        AuthenticationRegion = "eu-central-1",
        ForcePathStyle = true,
        MaxErrorRetry = 0,
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
    });

    public Task AdminAsync(params IEnumerable<string> arguments) => ToolAsync("radosgw-admin", arguments);

    /// <summary>Ends the second gateway's process, which closes its port.</summary>
    public async Task StopStsAsync() => await _stopped!.DisposeAsync();

    public async Task StartStsAsync()
    {
        _stopped = Daemon("radosgw", "-n", "client.sts");
        await AnswersAsync(Sts, _stopped);
    }

    private static async Task<Cluster> StartAsync()
    {
        var cluster = new Cluster();
        await cluster.LayAsync();
        cluster.Daemon("ceph-mon", "-i", "a");
        cluster.Daemon("ceph-mgr", "-i", "x");
        var disk = Guid.NewGuid().ToString();
        var id = await cluster.ToolAsync("ceph", "osd", "new", disk);
        await cluster.ToolAsync("ceph-osd", "-i", id, "--mkfs", "--osd-uuid", disk);
        var store = cluster.Daemon("ceph-osd", "-i", id);

        // It may ask the monitor before it knows the cluster's id, and gives up ("wrong fsid") where it does.
        await Eventually.HoldsAsync(
            async () =>
            {
                store = store.HasExited ? cluster.Daemon("ceph-osd", "-i", id) : store;
                var status = await cluster.ToolAsync("ceph", "osd", "stat", "--format", "json");
                return status.Contains("\"num_up_osds\":1", StringComparison.Ordinal);
            },
            () => $"the store does not come up: {string.Join('\n', store.Errors)}");
        await AnswersAsync(cluster.Gateway, cluster.Daemon("radosgw", "-n", "client.s3"));
        await cluster.StartStsAsync();
        return cluster;
    }

    private static async Task AnswersAsync(Uri gateway, ChildProcess process)
    {
        using var http = new HttpClient();
        await Eventually.HoldsAsync(
            async () =>
            {
                try
                {
                    using var answer = await http.GetAsync(gateway);
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException) when (!process.HasExited)
                {
                    return false;
                }
            },
            () => $"radosgw does not answer at {gateway}: {string.Join('\n', process.Errors)}");
    }

    private async Task LayAsync()
    {
        var cluster = Guid.NewGuid().ToString();
        var monitor = $"v1:127.0.0.1:{FreePort.Find()}";

        foreach (var part in (string[])["mon", "mgr", "osd", "run"])
        {
            Directory.CreateDirectory(Path.Combine(_folder, part));
        }

        await File.WriteAllTextAsync(Path.Combine(_folder, "ceph.conf"), string.Create(CultureInfo.InvariantCulture, $"""
            [global]
            fsid={cluster}
            mon_host={monitor}
            ms_bind_msgr2=false
            public_addr=127.0.0.1
            auth_cluster_required=none
            auth_service_required=none
            auth_client_required=none
            auth_allow_insecure_global_id_reclaim=true
            osd_pool_default_size=1
            osd_pool_default_min_size=1
            osd_pool_default_pg_num=8
            mon_allow_pool_size_one=true
            mon_max_pg_per_osd=500
            osd_crush_chooseleaf_type=0
            osd_objectstore=memstore
            memstore_device_bytes=1073741824
            run_dir={_folder}/run
            admin_socket={_folder}/run/$cluster-$name.asok
            log_file={_folder}/run/$name.log
            mon_cluster_log_file={_folder}/run/cluster.log
            mon_data={_folder}/mon
            mgr_data={_folder}/mgr
            osd_data={_folder}/osd
            keyring={_folder}/keyring
            setuser_match_path=
            mon_data_avail_warn=1
            mon_data_avail_crit=0
            mgr_initial_modules=
            rgw_sts_key=abcdefghijklmnop
            rgw_sts_min_session_duration=3
            rgw_s3_auth_use_sts=true
            rgw_thread_pool_size=32
            [client.s3]
            rgw_frontends=beast endpoint=127.0.0.1:{_gateway}
            [client.sts]
            rgw_frontends=beast endpoint=127.0.0.1:{_sts}

            """));

        await ToolAsync("ceph-authtool", "--create-keyring", "keyring", "--gen-key", "-n", "mon.", "--cap", "mon", "allow *");

        foreach (var name in (string[])["client.admin", "client.s3", "client.sts"])
        {
            string[] allowed = ["--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *"];
            await ToolAsync("ceph-authtool", ["keyring", "--gen-key", "-n", name, .. allowed]);
        }

        await ToolAsync("monmaptool", "--create", "--fsid", cluster, "--addv", "a", $"[{monitor}]", "monmap");
        await ToolAsync("ceph-mon", "--mkfs", "-i", "a", "--monmap", "monmap");
    }

    // The shell words that run a program in this cluster's folder.
    private string[] InFolder(string program) => ["-c", "cd \"$1\"; shift; exec \"$@\"", "sh", _folder, program];

    // In the foreground, so that it is a child of this process.
    private ChildProcess Daemon(string program, params IEnumerable<string> arguments) =>
        ChildProcess.Start("sh", [.. InFolder(program), "-f", "-c", "ceph.conf", .. arguments], CleanEnvironment.With());

    private async Task<string> ToolAsync(string program, params IEnumerable<string> arguments)
    {
        var ended = await ChildProcess.RunAsync(
            "sh", [.. InFolder(program), .. arguments], CleanEnvironment.With(("CEPH_CONF", "ceph.conf")));
        Assert.True(ended.Code == 0, $"{program} {string.Join(' ', arguments)}: {ended}");
        return ended.Output.Trim();
    }
}
