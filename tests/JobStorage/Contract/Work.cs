using Hangfire.Common;

namespace Pipeline.JobStorage.Tests.Contract;

/// <summary>Jobs that tests store and seldom run.</summary>
public static class Work
{
    public static string Say(string argument) => argument;

    [Hangfire.AutomaticRetry(Attempts = 1, DelaysInSeconds = [1])]
    public static void Fail() => throw new InvalidOperationException("as it should");

    public static void Do(string argument) => ArgumentNullException.ThrowIfNull(argument);

    internal static Job Job(string argument = "x", string? queue = null) =>
        queue is null ? Hangfire.Common.Job.FromExpression(() => Do(argument)) : Hangfire.Common.Job.FromExpression(() => Do(argument), queue);
}

/// <summary>A state with any name, reason and data.</summary>
internal sealed class AnyState(string name, string? reason, Dictionary<string, string> data) : Hangfire.States.IState
{
    public string Name => name;

    public string Reason => reason!;

    public bool IsFinal => false;

    public bool IgnoreJobLoadException => false;

    public Dictionary<string, string> SerializeData() => data;
}
