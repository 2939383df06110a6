using System.Security.Cryptography;
using Dapper;

namespace Pipeline.Storage.MySql.Audit;

/// <summary>What a walk along the chain found.</summary>
/// <param name="Entries">How many entries the chain has.</param>
/// <param name="Anchored">The last entry that is anchored outside the database; 0 where none is.</param>
/// <param name="Fault">What is wrong with the first entry that is; null where all is well.</param>
public sealed record AuditFinding(long Entries, long Anchored, string? Fault);

/// <summary>Walks along the chain from its first entry and compares it with the anchors.</summary>
public sealed class AuditVerifier(Database database, AuditChain chain, AuditAnchor anchor)
{
    private const int EntriesPerPage = 1_000;

    private static readonly string Head = EmbeddedText.Load("MySql/Audit/head.sql");
    private static readonly string PageForward = EmbeddedText.Load("MySql/Audit/page_forward.sql");

    /// <exception cref="FormatException">The anchor file is damaged.</exception>
    public async Task<AuditFinding> VerifyAsync(CancellationToken cancellationToken)
    {
        // Anchors first: entries that are added meanwhile are in the chain and not among them.
        var anchors = anchor.Read().ToLookup(known => known.Sequence, known => known.Mac);
        long anchored = anchors.Select(known => known.Key).DefaultIfEmpty().Max();
        var (last, headMac) = await database.ReadAsync(connection => connection.QuerySingleAsync<(long, byte[])>(Head), cancellationToken);

        byte[] previous = AuditChain.Start;
        long reached = 0;
        while (true)
        {
            var page = await database.ReadAsync(
                connection => AuditTrail.ReadAsync(connection, PageForward, new { after = reached, last, most = EntriesPerPage }), cancellationToken);
            foreach (var entry in page)
            {
                if (Fault(entry, reached + 1, previous, anchors) is { } fault)
                    return new AuditFinding(last, anchored, fault);
                (reached, previous) = (entry.Sequence, entry.Mac);
            }
            if (page.Count < EntriesPerPage)
                break;
        }
        return new AuditFinding(last, anchored, reached < last ? $"entry {reached + 1} is missing"
            : !CryptographicOperations.FixedTimeEquals(previous, headMac) ? $"entry {last} is not the one that the chain's head was made with"
            : anchored > last ? $"entry {last + 1} is missing: entries up to {anchored} are anchored in {anchor.Path}"
            : null);
    }

    private string? Fault(AuditEntry entry, long expected, byte[] previous, ILookup<long, string> anchors)
    {
        if (entry.Sequence != expected)
            return $"entry {expected} is missing";
        if (!CryptographicOperations.FixedTimeEquals(chain.Mac(previous, entry.Sequence, entry.At, entry.Event), entry.Mac))
            return $"entry {expected} was changed, or is not the one that stood there: its MAC does not fit";
        return anchors[expected].All(mac => mac == Convert.ToHexStringLower(entry.Mac))
            ? null
            : $"entry {expected} is not the one that is anchored in {anchor.Path}";
    }
}
