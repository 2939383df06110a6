using System.Security.Cryptography;
using Dapper;

namespace Pipeline.Storage.MySql.Audit;

/// <summary>What a walk along the chain found.</summary>
/// <param name="Entries">How many entries the chain has.</param>
/// <param name="Anchored">The last entry that is anchored outside the database; 0 where none is.</param>
/// <param name="Fault">What is wrong with the first entry that is; null where all is well.</param>
public sealed record AuditFinding(long Entries, long Anchored, string? Fault);

/// <summary>Walks along every row of the table, from the lowest number, and compares them with the chain's head and the anchors.</summary>
public sealed class AuditVerifier(Database database, AuditChain chain, AuditAnchor anchor)
{
    private const int EntriesPerPage = 1_000;

    private static readonly string Head = EmbeddedText.Load("MySql/Audit/head.sql");
    private static readonly string Stray = EmbeddedText.Load("MySql/Audit/stray.sql");
    private static readonly string PageForward = EmbeddedText.Load("MySql/Audit/page_forward.sql");

    /// <exception cref="FormatException">The anchor file is damaged.</exception>
    public async Task<AuditFinding> VerifyAsync(CancellationToken cancellationToken)
    {
        // Anchors first: entries that are added meanwhile are in the chain and not among them.
        var anchors = anchor.Read().ToLookup(known => known.Sequence, known => known.Mac);
        long anchored = anchors.Select(known => known.Key).DefaultIfEmpty().Max();
        var head = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<(long Last, byte[] Mac)?>(Head), cancellationToken);
        long? stray = await database.ReadAsync(connection => connection.ExecuteScalarAsync<long?>(Stray), cancellationToken);

        var (reached, previous, fault) = await WalkAsync(head?.Last ?? long.MaxValue, anchors, cancellationToken);
        long entries = head?.Last ?? reached;
        return new AuditFinding(entries, anchored, fault
            ?? (head is not var (last, headMac) ? "the chain's head is missing: nothing that is audited can be done without it"
            : reached < last ? $"entry {reached + 1} is missing"
            : !CryptographicOperations.FixedTimeEquals(previous, headMac) ? $"entry {last} is not the one that the chain's head was made with"
            : stray is not null ? $"entry {stray} was never in the chain, which ends with entry {last}"
            : anchored > last ? $"entry {last + 1} is missing: entries up to {anchored} are anchored in {anchor.Path}"
            : null));
    }

    /// <summary>Goes from the lowest number that there is, so that rows before the chain's beginning are met too.</summary>
    private async Task<(long Reached, byte[] Mac, string? Fault)> WalkAsync(
        long last, ILookup<long, string> anchors, CancellationToken cancellationToken)
    {
        byte[] previous = AuditChain.Start;
        long reached = 0;
        for (long? after = null; ;)
        {
            var page = await database.ReadAsync(
                connection => AuditTrail.ReadAsync(connection, PageForward, new { after, last, most = EntriesPerPage }), cancellationToken);
            foreach (var entry in page)
            {
                if (Fault(entry, reached + 1, previous, anchors) is { } fault)
                    return (reached, previous, fault);
                (reached, previous) = (entry.Sequence, entry.Mac);
            }
            if (page.Count < EntriesPerPage)
                return (reached, previous, null);
            after = reached;
        }
    }

    private string? Fault(AuditEntry entry, long expected, byte[] previous, ILookup<long, string> anchors)
    {
        if (entry.Sequence < expected)
            return $"entry {entry.Sequence} was never in the chain, which begins with entry 1";
        if (entry.Sequence != expected)
            return $"entry {expected} is missing";
        if (!CryptographicOperations.FixedTimeEquals(chain.Mac(previous, entry.Sequence, entry.At, entry.Event), entry.Mac))
            return $"entry {expected} was changed, or is not the one that stood there: its MAC does not fit";
        return anchors[expected].All(mac => mac == Convert.ToHexStringLower(entry.Mac))
            ? null
            : $"entry {expected} is not the one that is anchored in {anchor.Path}";
    }
}
