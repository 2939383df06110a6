using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Pipeline.Storage.MySql.Audit;

/// <summary>A place in the chain that was written down outside the database.</summary>
public readonly record struct Anchor(long Sequence, string Mac);

/// <summary>
/// A file of this machine that every head of the chain is appended to once it is committed: one line of sequence number, time and MAC. Rows that are
/// cut off the chain's end still stand in it. It belongs on another disk, or in a log collector's reach. Several machines have a file each.
/// </summary>
public sealed class AuditAnchor(string path, TimeProvider clock, ILogger<AuditAnchor> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private const int Attempts = 250;

    /// <summary>A number of 19 digits, a time of 28 characters and a MAC of 64.</summary>
    private const int LongestLine = 114;

    public string Path => path;

    /// <summary>Writes a head down. What was audited has happened, so a failure here is reported and does not undo it.</summary>
    public async Task WriteAsync(long sequence, byte[] mac, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            await using var file = await OpenAloneAsync(cancellationToken);
            await using var writer = new StreamWriter(file);
            await writer.WriteAsync($"{sequence} {clock.GetUtcNow().UtcDateTime:O} {Convert.ToHexStringLower(mac)}\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.LogError(error, "The audit's head {Sequence} could not be anchored in {Path}", sequence, path);
        }
    }

    /// <summary>Every anchor, in the order of its writing; none where there is no file.</summary>
    /// <exception cref="FormatException">A line is not an anchor; the message names it.</exception>
    public IEnumerable<Anchor> Read()
    {
        if (!File.Exists(path))
            yield break;
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            yield return Parse(line) ?? throw new FormatException($"{path}, line {number}: expected 'sequence time mac'");
        }
    }

    /// <summary>The anchor that was written last, without reading the others; null where there is none.</summary>
    /// <exception cref="FormatException">The last line is not an anchor.</exception>
    public Anchor? Last()
    {
        if (!File.Exists(path))
            return null;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(-Math.Min(file.Length, 2 * LongestLine), SeekOrigin.End);
        using var reader = new StreamReader(file);
        string[] lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == 0 ? null : Parse(lines[^1]) ?? throw new FormatException($"{path}: its last line is not 'sequence time mac'");
    }

    /// <summary>Null for what is no anchor.</summary>
    private static Anchor? Parse(string line)
    {
        string[] parts = line.Split(' ');
        return parts.Length == 3 && parts[2].Length == 64 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long sequence)
            ? new Anchor(sequence, parts[2])
            : null;
    }

    /// <summary>Several processes anchor into one file: one at a time.</summary>
    private async Task<FileStream> OpenAloneAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None);
            }
            catch (IOException) when (attempt < Attempts)
            {
                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
    }
}
