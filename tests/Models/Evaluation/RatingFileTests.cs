using Pipeline.Models.Evaluation;

namespace Pipeline.Models.Tests.Evaluation;

[Trait("speed", "fast")]
public sealed class RatingFileTests
{
    [Theory]
    [InlineData("1,10\n2,20\n")]
    [InlineData("1,10,3.5\n2,20,1\n")]
    [InlineData("1,10,1,881250949\n2,20,1,891717742\n")]
    [InlineData("ann,007,4,881250949\nbob,7,1,5\nann,x y,1,7\n")]
    public void What_is_written_is_read_again(string text)
    {
        TokenIds users = new(), items = new();
        // Files share names, whatever number each file gives them.
        users.IdOf("bob"u8);
        var written = new RatingReader(users, items).Read(Stream(text), "ratings.csv");
        var bytes = Write(written, users, items);
        var read = new RatingReader(users, items).Read(new MemoryStream(bytes), "ratings.bin");
        AssertEqual(written, read);
    }

    [Fact]
    public void Many_chunks_are_read_in_order()
    {
        var table = new RatingTable(new IdCodes(), new IdCodes(), RatingFile.PieceRows);
        for (var row = 0; row < 200_000; row++)
            table.Add(row / 7, row * 31 % 5000, row % 70_000 == 69_999 ? 2.5f : 1, row);
        var bytes = Write(table, new TokenIds(), new TokenIds());
        AssertEqual(table, Read(bytes));
    }

    [Fact]
    public void Rows_without_ids_are_refused()
    {
        // Magic, version, no flags, two rows, no users, no items, and the rows.
        byte[] bytes = [.. "PLRATES\n"u8, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, .. new byte[16], .. new byte[16]];
        byte[] signed = [.. bytes, .. System.Security.Cryptography.SHA256.HashData(bytes)];
        Assert.Contains("rows and no ids", Assert.Throws<RatingFormatException>(() => Read(signed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_anywhere_is_noticed()
    {
        var bytes = Sample();
        for (var position = 0; position < bytes.Length; position++)
        {
            var damaged = bytes.ToArray();
            damaged[position] ^= 0x40;
            Assert.Throws<RatingFormatException>(() => Read(damaged));
        }
    }

    [Fact]
    public void A_file_that_is_cut_short_or_goes_on_is_refused()
    {
        var bytes = Sample();
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<RatingFormatException>(() => Read(bytes[..length]));
        Assert.Contains("something follows", Assert.Throws<RatingFormatException>(() => Read([.. bytes, 0])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_version_is_refused_by_number()
    {
        var bytes = Sample();
        bytes[8] = RatingFile.Version + 1;
        var error = Assert.Throws<RatingFormatException>(() => Read(bytes));
        Assert.Equal("ratings.bin: it has version 2; this program reads up to version 1.", error.Message);
    }

    [Fact]
    public void A_length_beyond_the_file_asks_for_no_memory()
    {
        var bytes = Sample();
        // The number of users: 2³¹ − 1 of them would be 16 GiB.
        bytes.AsSpan(24, 4).Fill(0xFF);
        bytes[27] = 0x7F;
        Assert.Contains("cut short", Assert.Throws<RatingFormatException>(() => Read(bytes)).Message, StringComparison.Ordinal);
    }

    private static byte[] Sample()
    {
        TokenIds users = new(), items = new();
        return Write(new RatingReader(users, items).Read(Stream("ann,1,2,5\n7,2,1,6\n"), "ratings.csv"), users, items);
    }

    private static byte[] Write(RatingTable table, TokenIds users, TokenIds items)
    {
        var stream = new MemoryStream();
        RatingFile.Write(stream, table, users, items);
        return stream.ToArray();
    }

    private static RatingTable Read(byte[] bytes) => new RatingReader(new TokenIds(), new TokenIds()).Read(new MemoryStream(bytes), "ratings.bin");

    private static MemoryStream Stream(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));

    private static void AssertEqual(RatingTable expected, RatingTable actual)
    {
        var (users, items, values, times) = expected.ToColumns();
        var read = actual.ToColumns();
        Assert.Equal(users, read.Users);
        Assert.Equal(items, read.Items);
        Assert.Equal(values, read.Values);
        Assert.Equal(times, read.Times);
    }
}
