using System.CommandLine;
using Pipeline.Storage.MySql.Audit;

namespace Pipeline.Jobs.Commands;

/// <summary><c>audit</c>: proves that the record of who did what is whole.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var verify = new Command("verify", "Walk along the audit's chain and compare it with what is anchored outside the database.");
        verify.SetAction((_, cancellationToken) => ExitStatus.OfAsync(() => VerifyAsync(cancellationToken)));
        return new Command("audit", "The record of who did what.") { verify };
    }

    private static async Task<int> VerifyAsync(CancellationToken cancellationToken)
    {
        await using var services = CommandServices.Create();
        await services.PrepareOperatorsAsync(cancellationToken);
        AuditFinding found;
        try
        {
            found = await services.GetRequiredService<AuditVerifier>().VerifyAsync(cancellationToken);
        }
        catch (FormatException error)
        {
            throw new IOException(error.Message, error);
        }
        if (found.Fault is not null)
        {
            await Console.Error.WriteLineAsync($"the audit is broken: {found.Fault}");
            return ExitStatus.Failed;
        }
        var standing = await services.GetRequiredService<AnchorWatch>().LookAsync(cancellationToken);
        if (standing.Trouble == AnchorTrouble.Behind)
            await Console.Error.WriteLineAsync(
                $"warning: entries from {standing.Anchored + 1} on, of {standing.Since:yyyy-MM-dd HH:mm:ss} UTC, are not anchored in {services.GetRequiredService<AuditAnchor>().Path}: "
                + "if some were cut off the end, this machine would not know");
        await Console.Out.WriteLineAsync($"the audit is whole: {found.Entries} entries, anchored up to {found.Anchored}");
        return ExitStatus.Done;
    }
}
