using Pipeline.Ingest.Import;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Tests.Import;

[Trait("speed", "fast")]
public sealed class RatingLinesTests
{
    private readonly ImportBench _bench = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("196\t242\t3.5\t881250949\n186\t302\t3\t891717742\n")]
    [InlineData("196::242::3.5::881250949\n186::302::3::891717742")]
    [InlineData("\uFEFF196\t242\t3.5\t881250949\n186\t302\t3\t891717742\n")]
    [InlineData("\uFEFFuserId,movieId,rating,timestamp\n196,242,3.5,881250949\n186,302,3.0,891717742\n")]
    [InlineData("userId,movieId,rating,timestamp\r\n196,242,3.5,881250949\r\n186,302,3.0,891717742\r\n")]
    [InlineData("\"userId\",\"movieId\",\"rating\",\"timestamp\"\n196,242,3.5,881250949\n186,302,3,891717742.0\n")]
    [InlineData("user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3.5\t881250949\n186\t302\t3\t891717742\n")]
    public async Task Each_format_gives_the_same_events(string text)
    {
        var report = await _bench.ImportAsync(text, Cancel, new RatingLines());

        Assert.Equal((2, 0, 0), (report.Stored, report.Duplicates, report.Refused));
        var stored = await _bench.StoredAsync(Cancel);
        Assert.All(stored, one => Assert.Equal((EventType.Rating, 8), (one.Type, one.EventId.Version)));
        Assert.Equal([(196, 242, 3.5, 881250949), (186, 302, 3, 891717742)],
            stored.Select(one => (one.UserId, one.ContentId!.Value, one.Value!.Value, new DateTimeOffset(one.OccurredAt).ToUnixTimeSeconds())));
    }

    [Fact]
    public async Task A_rating_counts_once_in_whatever_format_it_comes()
    {
        await _bench.ImportAsync("1\t2\t4\t881250949", Cancel, new RatingLines());
        var again = await _bench.ImportAsync("1::2::4.0::881250949\n1::2::4.5::881250949", Cancel, new RatingLines());
        Assert.Equal((1, 1), (again.Stored, again.Duplicates));
    }

    [Theory]
    [InlineData("x\t2\t4\t881250949", "bad_userId")]
    [InlineData("0\t2\t4\t881250949", "bad_userId")]
    [InlineData("1\t-2\t4\t881250949", "bad_contentId")]
    [InlineData("1\t2\t6\t881250949", "bad_value")]
    [InlineData("1\t2\tNaN\t881250949", "bad_value")]
    [InlineData("1\t2\tgood\t881250949", "bad_value")]
    [InlineData("1\t2\t4\tyesterday", "bad_occurredAt")]
    [InlineData("1\t2\t4\t-5", "bad_occurredAt")]
    [InlineData("1\t2\t4\t9e99", "bad_occurredAt")]
    [InlineData("1\t2\t4\t4102444800", "in_future")]
    [InlineData("1\t2\t4", "missing_occurredAt")]
    [InlineData("1\t2", "missing_value")]
    [InlineData("one rating", "missing_contentId")]
    public async Task What_is_wrong_is_named_and_the_others_are_stored(string line, string code)
    {
        var report = await _bench.ImportAsync($"7\t8\t5\t881250949\n{line}\n9\t8\t1\t881250949", Cancel, new RatingLines());
        Assert.Equal(2, report.Stored);
        Assert.Equal([code], report.RefusedByCode.Keys);
        Assert.StartsWith($"events.ndjson:2: {code} ", _bench.Remarks.ToString());
    }

    [Fact]
    public async Task A_file_that_is_no_ratings_is_refused_line_by_line()
    {
        var report = await _bench.ImportAsync("hello\nworld\n", Cancel, new RatingLines());
        Assert.Equal((0, 2), (report.Stored, report.Refused));
    }
}
