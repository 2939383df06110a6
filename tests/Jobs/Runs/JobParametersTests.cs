using Pipeline.Jobs.Runs;

namespace Pipeline.Jobs.Tests.Runs;

[Trait("speed", "fast")]
public sealed class JobParametersTests
{
    [Fact]
    public void What_is_set_replaces_the_default_and_the_rest_keeps_it()
    {
        var values = JobCatalogue.Read("train-recommendations", ["rank=32", "lambda=0.01", "as-of=2026-11-22T10:00:00+09:00"]).All;

        Assert.Equal(32, values["rank"]);
        Assert.Equal(0.01, values["lambda"]);
        Assert.Equal(new DateTime(2026, 11, 22, 1, 0, 0, DateTimeKind.Utc), values["as-of"]);
        Assert.Equal(50, values["top-k"]);
    }

    [Theory]
    [InlineData("rnak=32", "has no parameter 'rnak'")]
    [InlineData("rank", "rank: expected rank=VALUE")]
    [InlineData("rank=0", "1 to 1024")]
    [InlineData("rank=six", "1 to 1024")]
    [InlineData("lambda=NaN", "expected lambda=VALUE")]
    [InlineData("nu=2.5", "0 to 2")]
    [InlineData("as-of=yesterday", "ISO 8601")]
    [InlineData("algorithm=ials,magic", "auto to try what suits the data, or some of the algorithms, separated by commas; ")]
    [InlineData("algorithm=popularity", "algorithm=VALUE")]
    [InlineData("settings=ials.depth=3", "'depth' is no setting of ials")]
    [InlineData("settings=sigma=0.1", "expected ALGORITHM.name=value")]
    public void What_cannot_be_is_refused_with_what_can(string setting, string said)
    {
        var refused = Assert.Throws<UsageException>(() => JobCatalogue.Read("train-recommendations", [setting]));
        Assert.Contains(said, refused.Message);
    }

    [Fact]
    public void An_unknown_parameter_is_answered_with_all_that_there_are()
    {
        var refused = Assert.Throws<UsageException>(() => JobCatalogue.Read("popularity", ["windows=3"]));
        Assert.Contains("titles", refused.Message);
        Assert.Contains("as-of", refused.Message);
    }

    [Fact]
    public void An_unknown_job_is_answered_with_the_jobs() =>
        Assert.Contains("popularity, popularity-backfill, popularity-hour, promote-model, roll-back, train-recommendations", Assert.Throws<UsageException>(() => JobCatalogue.Read("train", [])).Message);
}
