using System.CommandLine;
using CredentialSidecar.Chains;
using CredentialSidecar.Generating;

namespace CredentialSidecar.Commands;

/// <summary><c>generate iam</c>: the policies of every role of the chains.</summary>
internal static class GenerateIam
{
    private static readonly Option<string> TaskRole = Arn("--task-role", "The task role, from which the sidecar starts.", required: true);

    private static readonly Option<string?> Region = new("--region")
    {
        Description = "The region of the cluster, for the condition on aws:SourceArn. Default: every region.",
        HelpName = "REGION",
    };

    private static readonly Option<bool> EcsExec = new("--ecs-exec") { Description = "Add the actions that ECS Exec needs." };

    private static readonly Option<string> ExecutionRole = Arn("--execution-role", "Add the execution role, which fetches images.");

    private static readonly Option<string> External = Arn("--external", "Add the role of ECS Anywhere instances.");

    private static readonly Option<string> Format = new("--format")
    {
        Description = "json, cli (a script for the AWS CLI) or cloudformation (a template for each account).",
        DefaultValueFactory = _ => "json",
        HelpName = "FORMAT",
    };

    public static Command Create(GenerateFlags common)
    {
        Format.AcceptOnlyFromAmong("json", "cli", "cloudformation");
        var command = new Command("iam", "Print the trust policies and the policies of the task role and of every hop.")
        {
            TaskRole, Region, EcsExec, ExecutionRole, External, Format,
        };
        common.AddTo(command);
        command.SetAction(parse => GenerateCommand.Run(parse, () => Run(parse, common)));
        return command;
    }

    private static int Run(ParseResult parse, GenerateFlags common)
    {
        var configuration = common.Configuration(parse);
        var request = new IamRequest(
            Read(parse, TaskRole)!, GenerateFlags.ReadRegion(parse, Region), parse.GetValue(EcsExec), Read(parse, ExecutionRole),
                Read(parse, External));
        var roles = IamPlan.Of(configuration.Settings, request);
        parse.InvocationConfiguration.Error.WriteLine($"Create the roles in this order of accounts: {IamFormats.Accounts(roles)}. "
            + "IAM rejects a trust policy that names a role that does not exist yet.");

        switch (parse.GetValue(Format))
        {
            case "cli":
                return common.Write(parse, ("iam.sh", IamFormats.Cli(roles)));
            case "cloudformation":
                (string Account, string Text)[] templates = [.. IamFormats.CloudFormation(roles)];
                return templates.Length > 1 && !common.HasDirectory(parse)
                    ? throw new InputException($"The roles are in {templates.Length} accounts, and each needs a template. Add --out DIR.")
                    : common.Write(parse, [.. templates.Select(template => ($"{template.Account}.template.json", template.Text))]);
            default:
                return common.Write(parse, ("iam.json", IamFormats.Json(roles)));
        }
    }

    private static RoleArn? Read(ParseResult parse, Option<string> option) => parse.GetValue(option) is not { } text ? null
        : RoleArn.TryParse(text, out var arn, out var problem) ? arn : throw new InputException($"{option.Name} {problem}.");

    private static Option<string> Arn(string name, string description, bool required = false) =>
        new(name) { Description = description, HelpName = "ARN", Required = required };
}
