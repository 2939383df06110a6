using Pipeline.Services.Processes;

namespace Pipeline.Services.Serving;

/// <summary>What one serve process hosts, and for which instance.</summary>
/// <param name="Owner">The process that the whole instance ends with; null for an instance that stays.</param>
internal sealed record ServeOptions(string StateFolder, bool Kafka, bool Mongo, ProcessRecord? Owner)
{
    private const string OwnerOption = "--owner=";

    public IEnumerable<string> ToArguments()
    {
        yield return StateFolder;
        if (Kafka)
            yield return "--kafka";
        if (Mongo)
            yield return "--mongo";
        if (Owner is not null)
            yield return $"{OwnerOption}{Owner.Pid}";
    }

    /// <returns>Null when the arguments are none that this program gives itself.</returns>
    public static ServeOptions? Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || !Directory.Exists(arguments[0]))
            return null;
        var options = new ServeOptions(arguments[0], Kafka: false, Mongo: false, Owner: null);
        foreach (var argument in arguments.Skip(1))
        {
            if (argument == "--kafka")
                options = options with { Kafka = true };
            else if (argument == "--mongo")
                options = options with { Mongo = true };
            else if (argument.Split(OwnerOption) is ["", var number] && int.TryParse(number, out var pid))
                options = options with { Owner = ProcessRecord.Of(pid) ?? ProcessRecord.Ended };
            else
                return null;
        }
        return options;
    }
}
