namespace Pipeline.Models.Evaluation;

/// <summary>Whole lines of a ratings file, and what was read from them. Blocks are read by several workers at once, each on its own.</summary>
internal sealed class RatingBlock
{
    private const int Size = 1 << 20;

    private byte[] buffer = new byte[Size];
    private int end;
    private long[] users = [];
    private long[] items = [];
    private float[] values = [];
    private long[] times = [];
    private int count;
    private bool timed;
    private readonly List<string> userNames = [];
    private readonly List<string> itemNames = [];

    /// <summary>Lines of the block: with <see cref="Problem"/>, up to and with the line that has it.</summary>
    public int Lines { get; private set; }

    public LineProblem? Problem { get; private set; }

    /// <summary>The block's lines, without what its last line lacks.</summary>
    public ReadOnlySpan<byte> Text => buffer.AsSpan(0, end);

    /// <summary>Reads the next lines, which begin with what the block before left over.</summary>
    /// <param name="carried">Bytes of <paramref name="carry"/>; those of this block's last, incomplete line afterwards.</param>
    /// <returns>False where the stream is at its end; what there was is in the block nevertheless.</returns>
    public bool Fill(Stream stream, ref byte[] carry, ref int carried)
    {
        while (buffer.Length <= carried)
            Array.Resize(ref buffer, 2 * buffer.Length);
        carry.AsSpan(0, carried).CopyTo(buffer);
        var length = carried;
        carried = 0;
        while (true)
        {
            var read = stream.ReadAtLeast(buffer.AsSpan(length), buffer.Length - length, throwOnEndOfStream: false);
            var full = length + read == buffer.Length;
            length += read;
            end = full ? buffer.AsSpan(0, length).LastIndexOf((byte)'\n') + 1 : length;
            if (!full)
                return false;
            if (end > 0)
                break;
            // A line longer than the block.
            Array.Resize(ref buffer, 2 * buffer.Length);
        }
        carried = length - end;
        if (carry.Length < carried)
            carry = new byte[Math.Max(carried, Size)];
        buffer.AsSpan(end, carried).CopyTo(carry);
        return true;
    }

    /// <summary>Forgets the first bytes: a mark of byte order.</summary>
    public void Skip(int bytes)
    {
        buffer.AsSpan(bytes, end - bytes).CopyTo(buffer);
        end -= bytes;
    }

    /// <param name="header">True where the first line that is not empty names the columns.</param>
    public void Parse(RatingFormat format, bool header)
    {
        (count, Lines, Problem, timed) = (0, 0, null, format.TimeField >= 0);
        userNames.Clear();
        itemNames.Clear();
        try
        {
            for (var start = 0; start < end;)
            {
                var feed = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
                var line = buffer.AsSpan(start, feed < 0 ? end - start : feed);
                start += line.Length + 1;
                Lines++;
                if (line.Length > 0 && line[^1] == (byte)'\r')
                    line = line[..^1];
                if (line.Trim((byte)' ').IsEmpty)
                    continue;
                if (!header)
                    RatingLine.Read(line, format, this);
                header = false;
            }
        }
        catch (LineProblem problem)
        {
            Problem = problem;
        }
    }

    public long UserId(ReadOnlySpan<byte> token) => Id(token, userNames);

    public long ItemId(ReadOnlySpan<byte> token) => Id(token, itemNames);

    /// <param name="time">Ignored where the format has no times.</param>
    public void Add(long user, long item, float value, long time)
    {
        if (count == users.Length)
            Grow();
        (users[count], items[count], values[count]) = (user, item, value);
        if (timed)
            times[count] = time;
        count++;
    }

    /// <summary>Appends the rows to a table; called in the order of the blocks, because names are numbered as they appear.</summary>
    public void AppendTo(RatingTable table, TokenIds userIds, TokenIds itemIds)
    {
        Rename(users, userNames, userIds);
        Rename(items, itemNames, itemIds);
        table.Append(users.AsSpan(0, count), items.AsSpan(0, count), values.AsSpan(0, count), timed ? times.AsSpan(0, count) : []);
    }

    private void Rename(long[] ids, List<string> names, TokenIds tokens)
    {
        for (var row = 0; row < count && names.Count > 0; row++)
        {
            if (ids[row] < 0)
                ids[row] = tokens.IdOf(names[(int)~ids[row]]);
        }
    }

    // A name's place among the block's names, with all bits turned over: numbers that are taken as such are not negative.
    private static long Id(ReadOnlySpan<byte> token, List<string> names)
    {
        if (TokenIds.TryNumber(token, out var number))
            return number;
        names.Add(System.Text.Encoding.UTF8.GetString(token));
        return ~(names.Count - 1L);
    }

    private void Grow()
    {
        var length = Math.Max(1 << 14, 2 * count);
        Array.Resize(ref users, length);
        Array.Resize(ref items, length);
        Array.Resize(ref values, length);
        if (timed)
            Array.Resize(ref times, length);
    }
}
