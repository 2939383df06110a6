using System.Net;
using Pipeline.Jobs;

namespace Pipeline.Dashboard.Tests.Door;

/// <summary>Where a request comes from is told by the connection, and by proxies that are configured.</summary>
[Trait("speed", "server")]
public sealed class ForwardingTests(SharedWorld world)
{
    [Fact]
    public async Task Without_configured_proxies_nobody_is_believed()
    {
        await using var own = new OwnWorld { Forwarders = [] };
        await own.InitializeAsync();
        using var denied = own.Visitor("10.9.1.1");
        denied.Headers["X-Forwarded-Proto"] = "https";

        // Answered as what it is: this machine, over plain HTTP.
        using var answer = await denied.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Theory]
    [InlineData("127.0.0.1, 192.0.2.1")]
    [InlineData("10.1.1.1, 192.0.2.1, 127.0.0.1")]
    public async Task What_stands_before_a_stranger_in_the_chain_is_the_stranger_s_word(string chain)
    {
        using var stranger = world.Visitor(chain);
        await stranger.PageAsync("/", HttpStatusCode.Forbidden);
    }

    [Fact]
    public void Unless_told_otherwise_only_this_machine_reaches_it() => Assert.True(new Uri(JobsSettings.From(_ => null).Http).IsLoopback);
}
