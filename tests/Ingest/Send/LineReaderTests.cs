using System.Text;
using CsCheck;
using Pipeline.Ingest.Send;

namespace Pipeline.Ingest.Tests.Send;

[Trait("speed", "fast")]
public sealed class LineReaderTests
{
    private const int Longest = 10;

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\r\nb", new[] { "a", "b" })]
    [InlineData("\n\na", new[] { "", "", "a" })]
    [InlineData("0123456789\nb", new[] { "0123456789", "b" })]
    [InlineData("0123456789\r\nb", new[] { "0123456789", "b" })]
    [InlineData("\uFEFFa\n\uFEFFb", new[] { "a", "\uFEFFb" })]
    [InlineData("\uFEFF0123456\n", new[] { "0123456" })]
    [InlineData("01234567890\nb", new[] { "too long", "b" })]
    [InlineData("01234567890", new[] { "too long" })]
    public async Task Lines_come_one_by_one(string text, string[] expected) => Assert.Equal(expected, await ReadAsync(text, piece: 3));

    [Fact]
    public void However_the_stream_comes_in_pieces_the_lines_are_the_same() =>
        Gen.Select(Gen.String[Gen.Char["ab\r\n"], 0, 60], Gen.Int[1, 20]).Sample((text, piece) =>
            ReadAsync(text, piece).GetAwaiter().GetResult().SequenceEqual(ReadAsync(text, piece: 1_000).GetAwaiter().GetResult()));

    [Fact]
    public async Task A_hundred_megabytes_without_an_end_of_line_take_no_more_memory_than_a_line()
    {
        var reader = new LineReader(new Zeros(100L << 20), longest: 1 << 20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var line = await reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.True(line!.Value.IsTooLong);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        Assert.Null(await reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<List<string>> ReadAsync(string text, int piece)
    {
        var reader = new LineReader(new Pieces(Encoding.UTF8.GetBytes(text), piece), Longest);
        var lines = new List<string>();
        while (await reader.ReadAsync(CancellationToken.None) is { } line)
        {
            lines.Add(line.IsTooLong ? "too long" : Encoding.UTF8.GetString(line.Bytes.Span));
            Assert.Equal(lines.Count, line.Number);
        }

        return lines;
    }

    /// <summary>Gives at most so many bytes at once.</summary>
    private sealed class Pieces(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }

    private sealed class Zeros(long left) : MemoryStream
    {
        private long _left = left;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = (int)Math.Min(_left, buffer.Length);
            _left -= read;
            buffer.Span[..read].Clear();
            return ValueTask.FromResult(read);
        }
    }
}
