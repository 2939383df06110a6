using Dapper;

namespace Pipeline.Storage.MySql.Audit;

/// <summary>What is wrong with this machine's anchors.</summary>
public enum AnchorTrouble
{
    None,

    /// <summary>The chain has no head.</summary>
    HeadMissing,

    /// <summary>The chain ends before what is anchored here.</summary>
    Cut,

    /// <summary>Entries have not been anchored here for <see cref="AnchorWatch.Patience"/>.</summary>
    Behind,
}

/// <summary>How far the chain goes, and how far this machine's anchors do.</summary>
/// <param name="Last">The chain's last entry; 0 where it is empty.</param>
/// <param name="Anchored">The last entry that is anchored here; 0 where none is.</param>
/// <param name="Since">When the first entry that is not anchored here was written, UTC; null where all are.</param>
public sealed record AnchorStanding(long Last, long Anchored, AnchorTrouble Trouble, DateTime? Since);

/// <summary>
/// Keeps this machine's anchors up to the chain's head, whichever machine's process has written that: who has an anchor of its own only sees
/// what is cut off before the last entry in it.
/// </summary>
public sealed class AnchorWatch(Database database, AuditAnchor anchor)
{
    private static readonly string Head = EmbeddedText.Load("MySql/Audit/head.sql");
    private static readonly string Standing = EmbeddedText.Load("MySql/Audit/first_not_anchored.sql");

    /// <summary>An entry that is older than this and not anchored is a fault of the file, and not a matter of the next minute.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Anchors the head where this machine has not yet.</summary>
    /// <exception cref="FormatException">The file's last line is damaged.</exception>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var head = await HeadAsync(cancellationToken);
        if (head is var (last, mac) && last > (anchor.Last()?.Sequence ?? 0))
            await anchor.WriteAsync(last, mac, cancellationToken);
    }

    /// <exception cref="FormatException">The file's last line is damaged.</exception>
    public async Task<AnchorStanding> LookAsync(CancellationToken cancellationToken)
    {
        // The file first: an entry that is added meanwhile is in the chain and not in it.
        long anchored = anchor.Last()?.Sequence ?? 0;
        if (await HeadAsync(cancellationToken) is not var (last, _))
            return new AnchorStanding(0, anchored, AnchorTrouble.HeadMissing, null);
        if (last < anchored)
            return new AnchorStanding(last, anchored, AnchorTrouble.Cut, null);
        var (since, seconds) = await database.ReadAsync(
            connection => connection.QuerySingleOrDefaultAsync<(DateTime?, long)>(Standing, new { anchored }), cancellationToken);
        return new AnchorStanding(last, anchored, since is not null && seconds > Patience.TotalSeconds ? AnchorTrouble.Behind : AnchorTrouble.None, since);
    }

    private Task<(long Last, byte[] Mac)?> HeadAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<(long, byte[])?>(Head), cancellationToken);
}
