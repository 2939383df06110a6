using System.CommandLine;
using System.CommandLine.Help;
using Pipeline.Demo;

var events = new Option<int>("--events") { Description = "Events to generate.", DefaultValueFactory = _ => 200_000 };
var members = new Option<int>("--members") { Description = "Members who watch.", DefaultValueFactory = _ => 5_000 };
var titles = new Option<int>("--titles") { Description = "Titles to watch.", DefaultValueFactory = _ => 1_000 };
var seed = new Option<int>("--seed") { Description = "Same seed, same world.", DefaultValueFactory = _ => 1 };
var check = new Option<bool>("--check") { Description = "Only say whether the arguments are good.", Hidden = true };
foreach (var option in new[] { events, members, titles, seed })
    option.Validators.Add(result =>
    {
        if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int value) && value < 1)
            result.AddError($"{option.Name} must be at least 1.");
    });

var demo = new Command("demo", "Streams generated events through Kafka, the event store, training and publication, and prints what the API would read.")
{
    events, members, titles, seed, check,
};
demo.SetAction(async (parse, cancellationToken) =>
{
    if (parse.GetValue(check))
        return 0;
    var size = new WorldSize(parse.GetRequiredValue(events), parse.GetRequiredValue(members), parse.GetRequiredValue(titles), parse.GetRequiredValue(seed));
    try
    {
        await new Walkthrough(size, Outside.FromEnvironment(), TimeProvider.System).RunAsync(cancellationToken);
        return 0;
    }
    catch (DemoFailedException failure)
    {
        Console.Error.WriteLine($"demo: {failure.Message}");
        return 1;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("demo: stopped");
        return 1;
    }
});
// Usage lines name what was typed: './pipeline', which says so, or this program.
var root = new Command(Environment.GetEnvironmentVariable("PIPELINE_COMMAND") ?? RootCommand.ExecutableName) { demo, new HelpOption() };
var parsed = root.Parse(args);
if (parsed.Errors.Count == 0)
    return await parsed.InvokeAsync();
await parsed.InvokeAsync(new InvocationConfiguration { Output = Console.Error });
return 2;
