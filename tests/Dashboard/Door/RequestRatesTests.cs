using System.Net;

namespace Pipeline.Dashboard.Tests.Door;

/// <summary>How many requests an address may make, and what it is told then.</summary>
[Trait("speed", "server")]
public sealed class RequestRatesTests(SharedWorld world)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/dashboard.css", "text/html")]
    [InlineData("/api/v1/runs", "application/json")]
    public async Task Who_asks_too_often_is_told_so_and_when_to_come_again(string path, string type)
    {
        using var visitor = world.Visitor();
        HttpResponseMessage? told = null;
        for (int round = 0; round < 20 && told is null; round++)
            foreach (var answer in await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => visitor.GetAsync(path))))
            {
                if (told is null && answer.StatusCode == HttpStatusCode.TooManyRequests)
                    told = answer;
                else
                    answer.Dispose();
            }

        Assert.NotNull(told);
        using (told)
        {
            Assert.Equal(type, told.Content.Headers.ContentType?.MediaType);
            Assert.True(told.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
            Assert.Contains("Try again in", await told.Content.ReadAsStringAsync(Cancelled));
            Assert.Contains("default-src 'none'", told.Headers.GetValues("Content-Security-Policy").Single());
        }
        using var other = world.Visitor();
        await other.PageAsync("/dashboard.css");
    }
}
