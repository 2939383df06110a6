namespace Pipeline.Ingest.Send;

/// <summary>One line of a file.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Bytes">Without the line's end; good until the next line is read. Empty where the line is too long.</param>
internal readonly record struct Line(long Number, ReadOnlyMemory<byte> Bytes, bool IsTooLong);

/// <summary>Reads lines in memory that depends on the longest line taken, not on the file: what is longer is passed over.</summary>
/// <remarks>A byte-order mark at the beginning, which Windows programs leave there, is no part of the first line.</remarks>
/// <param name="longest">In bytes.</param>
internal sealed class LineReader(Stream stream, int longest)
{
    private readonly byte[] _buffer = new byte[longest + (64 << 10)];
    private int _start;
    private int _end;
    private bool _ended;
    private long _number;

    /// <summary>The next line, or null after the last. A line needs no end at the file's end.</summary>
    public async ValueTask<Line?> ReadAsync(CancellationToken cancellationToken)
    {
        var passedOver = false;
        for (var searched = 0; ;)
        {
            var end = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (end >= 0)
                return Take(searched + end, skip: 1, passedOver);
            if (_ended)
                return _start == _end && !passedOver ? null : Take(_end - _start, skip: 0, passedOver);

            if (_end - _start > longest + 1)   // one for a carriage return
            {
                passedOver = true;
                _start = _end;
            }

            searched = _end - _start;
            await FillAsync(cancellationToken);
        }
    }

    private Line Take(int length, int skip, bool passedOver)
    {
        var bytes = _buffer.AsMemory(_start, length);
        _start += length + skip;
        if (_number == 0 && bytes.Span.StartsWith("\uFEFF"u8))
            bytes = bytes["\uFEFF"u8.Length..];
        if (bytes.Span.EndsWith("\r"u8))
            bytes = bytes[..^1];
        var isTooLong = passedOver || bytes.Length > longest;
        return new Line(++_number, isTooLong ? default : bytes, isTooLong);
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _ended = read == 0;
        _end += read;
    }
}
