using System.Text;
using Pipeline.Ingest.Import;
using Pipeline.Storage.MySql.Rights;

namespace Pipeline.Ingest.Tests.Import;

[Trait("speed", "fast")]
public sealed class RightsLinesTests
{
    [Fact]
    public void A_licence_has_a_region_and_a_beginning_and_may_be_without_end()
    {
        Assert.Equal(
            new TitleLicence(7, "KR", new DateTime(2026, 10, 31, 15, 0, 0, DateTimeKind.Utc), new DateTime(2027, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
            Licence("""{"contentId":7,"region":"KR","availableFrom":"2026-11-01T00:00:00.5+09:00","availableUntil":"2027-01-01T00:00:00Z"}""").Licence);
        Assert.Equal(
            new TitleLicence(7, "ALL", new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc), null),
            Licence("""{"contentId":7,"region":"ALL","availableFrom":"2026-11-01T00:00:00Z","availableUntil":null}""").Licence);
    }

    [Theory]
    [InlineData("""{"region":"KR","availableFrom":"2026-11-01T00:00:00Z"}""", "missing_contentId")]
    [InlineData("""{"contentId":7,"availableFrom":"2026-11-01T00:00:00Z"}""", "missing_region")]
    [InlineData("""{"contentId":7,"region":"kr","availableFrom":"2026-11-01T00:00:00Z"}""", "bad_region")]
    [InlineData("""{"contentId":7,"region":"KOR","availableFrom":"2026-11-01T00:00:00Z"}""", "bad_region")]
    [InlineData("""{"contentId":7,"region":"KR"}""", "missing_availableFrom")]
    [InlineData("""{"contentId":7,"region":"KR","availableFrom":"2026-11-01T00:00:00"}""", "bad_availableFrom")]
    [InlineData("""{"contentId":7,"region":"KR","availableFrom":"2026-11-01T00:00:00Z","availableUntil":"2026-11-01T00:00:00Z"}""", "bad_availableUntil")]
    [InlineData("[7]", "not_json")]
    public void A_licence_that_is_none_is_named(string line, string code)
    {
        var (licence, refusal) = Licence(line);
        Assert.Null(licence);
        Assert.Equal(code, refusal!.Code);
    }

    [Theory]
    [InlineData("""{"userId":9,"maxAge":12}""", 12, null)]
    [InlineData("""{"userId":9,"maxAge":null}""", null, null)]
    [InlineData("""{"userId":9}""", null, "bad_maxAge")]
    [InlineData("""{"userId":9,"maxAge":-1}""", null, "bad_maxAge")]
    [InlineData("""{"maxAge":12}""", null, "missing_userId")]
    public void An_age_limit_is_set_or_taken_away(string line, int? age, string? code)
    {
        var (limit, refusal) = RightsLines.ReadAgeLimit(Encoding.UTF8.GetBytes(line));
        Assert.Equal(code, refusal?.Code);
        Assert.Equal(code is null ? new AgeLimit(9, age) : null, limit);
    }

    private static (TitleLicence? Licence, Pipeline.Ingest.Events.Refusal? Refusal) Licence(string line) => RightsLines.ReadLicence(Encoding.UTF8.GetBytes(line));
}
