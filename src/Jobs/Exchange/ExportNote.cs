using System.Globalization;

namespace Pipeline.Jobs.Exchange;

/// <summary>What both files of an export say of themselves, in the metadata of their footers.</summary>
/// <param name="Digest">Of the interactions, as the registry has it of models that are trained on them here.</param>
/// <param name="HeldOutShare">Share of the members who are not in them, because the gate asks those.</param>
/// <param name="ReadAt">When the events were read, UTC by the database's clock: members who are erased from then on are in them.</param>
internal sealed record ExportNote(string Digest, double HeldOutShare, DateTime ReadAt)
{
    private const string DigestKey = "pipeline.digest";
    private const string ShareKey = "pipeline.held-out-share";
    private const string ReadAtKey = "pipeline.read-at";

    public IReadOnlyDictionary<string, string> ToMetadata() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [DigestKey] = Digest,
        [ShareKey] = HeldOutShare.ToString("R", CultureInfo.InvariantCulture),
        [ReadAtKey] = ReadAt.ToString("O", CultureInfo.InvariantCulture),
    };

    /// <returns>Null where the metadata is not that of an export.</returns>
    public static ExportNote? Of(IReadOnlyDictionary<string, string> metadata) =>
        metadata.TryGetValue(DigestKey, out string? digest) && digest.Length == 64
        && metadata.TryGetValue(ShareKey, out string? share)
        && double.TryParse(share, NumberStyles.Float, CultureInfo.InvariantCulture, out double heldOut) && heldOut is > 0 and < 1
        && metadata.TryGetValue(ReadAtKey, out string? time)
        && DateTime.TryParseExact(time, "O", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var readAt)
            ? new ExportNote(digest, heldOut, readAt)
            : null;
}
