namespace Pipeline.Models.Evaluation;

/// <summary>Lines of a stream as bytes, without copying more than the line that crosses a buffer's end.</summary>
internal sealed class LineReader(Stream stream, int capacity = 1 << 20)
{
    private byte[] buffer = new byte[capacity];
    private int start;
    private int end;
    private bool ended;

    /// <summary>Number of the line last read, from 1.</summary>
    public long Line { get; private set; }

    /// <returns>False at the end. The line is valid until the next call and has neither line feed nor carriage return.</returns>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var scanned = 0;
        while (true)
        {
            var feed = buffer.AsSpan(start + scanned, end - start - scanned).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                line = Take(scanned + feed, skip: 1);
                return true;
            }
            scanned = end - start;
            if (ended)
            {
                line = scanned == 0 ? default : Take(scanned, skip: 0);
                return scanned > 0;
            }
            Fill();
        }
    }

    private ReadOnlySpan<byte> Take(int length, int skip)
    {
        var line = buffer.AsSpan(start, length);
        start += length + skip;
        Line++;
        return line.Length > 0 && line[^1] == (byte)'\r' ? line[..^1] : line;
    }

    private void Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }
        if (end == buffer.Length)
            Array.Resize(ref buffer, buffer.Length * 2);
        var read = stream.Read(buffer, end, buffer.Length - end);
        end += read;
        ended = read == 0;
    }
}
