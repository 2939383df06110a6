using System.Text;
using Pipeline.Models.Training;

namespace Pipeline.Models.Evaluation;

/// <summary>
/// Reads interactions from text: <c>user, item[, value[, time]]</c> separated by tab, comma, space or two colons, with or without a
/// header, or lines of <c>user item item …</c>; or from a <see cref="RatingFile"/>. Which of them it is, the content says. Times are
/// seconds, or milliseconds where they are past the year 5138 as seconds.
/// </summary>
/// <remarks>
/// Text is read a block at a time, several blocks at once. The rows come in the order of the file, whatever the number of threads.
/// </remarks>
public sealed class RatingReader(TokenIds users, TokenIds items)
{
    /// <summary>Lines that the format is found from.</summary>
    private const int SampleLines = 1000;

    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <param name="file">Name for messages.</param>
    /// <exception cref="RatingFormatException">A line cannot be read, or there is none; names file, line, field and what was expected.</exception>
    public RatingTable Read(Stream stream, string file)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var blocks = new RatingBlock[Threads];
        for (var n = 0; n < blocks.Length; n++)
            blocks[n] = new RatingBlock();
        byte[] carry = [];
        var carried = 0;
        var more = blocks[0].Fill(stream, ref carry, ref carried);
        if (RatingFile.IsOne(blocks[0].Text))
            return RatingFile.Read((byte[])[.. blocks[0].Text, .. carry.AsSpan(0, carried)], stream, file, users, items);
        if (blocks[0].Text.StartsWith(Encoding.UTF8.Preamble))
            blocks[0].Skip(Encoding.UTF8.Preamble.Length);
        var format = DetectFormat(blocks[0].Text, file);

        var table = new RatingTable();
        var lines = 0L;
        for (var filled = 1; filled > 0;)
        {
            for (; more && filled < blocks.Length; filled++)
                more = blocks[filled].Fill(stream, ref carry, ref carried);
            var header = format.Header && lines == 0;
            Workers.Run(Threads, filled, () => 0, (_, n) => blocks[n].Parse(format, header && n == 0), CancellationToken.None);
            for (var n = 0; n < filled; n++)
            {
                if (blocks[n].Problem is { } problem)
                    throw new RatingFormatException(file, lines + blocks[n].Lines, problem.Field, problem.Message);
                blocks[n].AppendTo(table, users, items);
                lines += blocks[n].Lines;
            }
            filled = 0;
            if (more)
                more = blocks[filled++].Fill(stream, ref carry, ref carried);
        }
        return table.Count > 0
            ? table
            : throw new RatingFormatException(file, lines, 0, "no interaction so far; expected lines of user, item[, value[, time]].");
    }

    private static RatingFormat DetectFormat(ReadOnlySpan<byte> text, string file)
    {
        var sample = new List<string>();
        var blank = 0L;
        foreach (var range in text.Split((byte)'\n'))
        {
            if (sample.Count == SampleLines)
                break;
            var line = Encoding.UTF8.GetString(text[range].TrimEnd((byte)'\r').Trim((byte)' '));
            if (line.Length > 0)
                sample.Add(line);
            else if (sample.Count == 0)
                blank++;
        }
        if (sample.Count == 0)
            throw new RatingFormatException(file, 1, 0, "the file is empty; expected lines of user, item[, value[, time]].");
        try
        {
            return RatingFormat.Detect(sample);
        }
        catch (LineProblem problem)
        {
            throw new RatingFormatException(file, blank + 1, problem.Field, problem.Message);
        }
    }
}
