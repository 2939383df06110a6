using System.CommandLine;
using System.CommandLine.Parsing;
using Pipeline.Dashboard.SignIn;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Jobs.Commands;

/// <summary><c>operator</c>: who may use the dashboard. Whoever may run this command has the key of the dashboard already.</summary>
internal static class OperatorCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = $"How the operator signs in: {OperatorNames.Form}." };
        var role = new Option<OperatorRole>("--role")
        {
            Description = "viewer sees; scientist runs and cancels; releaser decides what is served; admin decides who may.", Required = true, CustomParser = ParseRole,
        };
        var add = new Command("add", "Add an operator and print a one-time link to enrol by.") { name, role };
        add.SetAction((result, cancellationToken) => ExitStatus.OfAsync(() => RunAsync(
            (services, actor) => services.GetRequiredService<Enrolment>().AddAsync(result.GetRequiredValue(name), result.GetRequiredValue(role), actor, cancellationToken),
            cancellationToken)));
        var reset = new Command("reset", "Take an operator's password, authenticator, sessions and tokens away, and print a new one-time link.") { name };
        reset.SetAction((result, cancellationToken) => ExitStatus.OfAsync(() => RunAsync(
            (services, actor) => ResetAsync(services, result.GetRequiredValue(name), actor, cancellationToken), cancellationToken)));
        return new Command("operator", "Who may use the dashboard.") { add, reset };
    }

    private static OperatorRole ParseRole(ArgumentResult result)
    {
        string name = result.Tokens[0].Value;
        if (Enum.TryParse<OperatorRole>(name, ignoreCase: true, out var role) && Enum.IsDefined(role) && !char.IsAsciiDigit(name[0]))
            return role;
        result.AddError($"--role must be {string.Join(", ", Enum.GetNames<OperatorRole>()).ToLowerInvariant()}, not '{name}'.");
        return default;
    }

    private static async Task<string> ResetAsync(IServiceProvider services, string name, Actor actor, CancellationToken cancellationToken)
    {
        var found = await services.GetRequiredService<OperatorStore>().FindAsync(name, cancellationToken)
            ?? throw new OperatorException($"there is no operator '{name}'");
        return await services.GetRequiredService<Enrolment>().ResetAsync(found.Id, lastAdmin: true, actor, cancellationToken);
    }

    private static async Task<int> RunAsync(Func<IServiceProvider, Actor, Task<string>> change, CancellationToken cancellationToken)
    {
        await using var services = CommandServices.Create();
        await services.PrepareOperatorsAsync(cancellationToken);
        string path = await change(services, new Actor($"{Environment.UserName}@{Environment.MachineName}", ""));
        await Console.Out.WriteLineAsync(Link(services.GetRequiredService<JobsSettings>().Http, path));
        await Console.Error.WriteLineAsync("The link works once, for 24 hours. Behind a proxy, put its address before the path.");
        return ExitStatus.Done;
    }

    /// <summary>A worker that listens everywhere is found on its own machine.</summary>
    private static string Link(string http, string path)
    {
        var listening = new UriBuilder(http);
        if (listening.Host is "0.0.0.0" or "[::]")
            listening.Host = "127.0.0.1";
        return new Uri(listening.Uri, path).ToString();
    }
}
