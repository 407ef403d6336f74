using Amazon.CDK;
using Amazon.CDK.AWS.ECS;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.Logs;
using CredentialSidecar.Cdk;

// The first argument is the folder of the template, unless the CDK's own command names one.
var app = new App(new AppProps { Outdir = args is [var folder] ? folder : null });
var stack = new Stack(app, "Orders");
var logging = LogDriver.AwsLogs(new AwsLogDriverProps
{
    LogGroup = new LogGroup(stack, "Log", new LogGroupProps { LogGroupName = "/ecs/orders" }),
    StreamPrefix = "orders",
});

// Only tasks of this account and region get the role. https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
var role = new Role(stack, "TaskRole", new RoleProps
{
    AssumedBy = new ServicePrincipal("ecs-tasks.amazonaws.com").WithConditions(new Dictionary<string, object>
    {
        ["StringEquals"] = new Dictionary<string, string> { ["aws:SourceAccount"] = stack.Account },
        ["ArnLike"] = new Dictionary<string, string>
        {
            ["aws:SourceArn"] = $"arn:{stack.Partition}:ecs:{stack.Region}:{stack.Account}:*",
        },
    }),
});
var task = new FargateTaskDefinition(
    stack, "Task", new FargateTaskDefinitionProps { Family = "orders", Cpu = 256, MemoryLimitMiB = 512, TaskRole = role });
var sidecar = new CredentialSidecarExtension(
    ContainerImage.FromRegistry("YOUR-REGISTRY/credential-sidecar"), ["arn:aws:iam::555566667777:role/reports"], "orders-7f3a", logging);

task.AddExtension(sidecar);
sidecar.AddContainer(task, "app", new ContainerDefinitionOptions
{
    Image = ContainerImage.FromRegistry("public.ecr.aws/aws-cli/aws-cli:latest"),
    EntryPoint = ["/usr/local/bin/aws"],
    Command = ["sts", "get-caller-identity"],
    Logging = logging,
});

// The trust policy of the role in the other account names the task role.
_ = new CfnOutput(stack, "TaskRoleArn", new CfnOutputProps { Value = role.RoleArn });
app.Synth();
