using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Import;

/// <summary>
/// Positions of imported lines, in the terms of Kafka that the stores speak: the topic is <c>import</c>, the partition a number made
/// from the file's full path, the offset the line. The same line of the same file has the same position every time.
/// </summary>
internal sealed class ImportSource
{
    public const string Topic = "import";

    private readonly int _partition;

    /// <param name="file">As it was named; also what messages call it.</param>
    public ImportSource(string file)
    {
        File = file;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(file)));
        _partition = BinaryPrimitives.ReadInt32BigEndian(hash) & int.MaxValue;
    }

    public string File { get; }

    /// <param name="line">From 1.</param>
    public SourcePosition At(long line) => new(Topic, _partition, line);
}
