using System.Net;
using Pipeline.Jobs;

namespace Pipeline.Dashboard.Tests.Door;

/// <summary>Where a request comes from is told by the connection, and by proxies that are configured.</summary>
[Trait("speed", "server")]
public sealed class ForwardingTests(SharedWorld world)
{
    [Fact]
    public async Task Without_configured_proxies_nobody_is_believed_and_what_one_forwards_is_refused_with_the_setting_s_name()
    {
        await using var own = new OwnWorld { Forwarders = [] };
        await own.InitializeAsync();
        using var denied = own.Visitor("10.9.1.1");
        denied.Headers["X-Forwarded-Proto"] = "https";

        // It would be this machine, as everybody else behind the same proxy.
        using var answer = await denied.GetAsync("/");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("PIPELINE_DASHBOARD_FORWARDERS", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
        await denied.PageAsync("/health");
        foreach (string header in (string[])["Forwarded", "X-Real-IP"])
        {
            denied.Headers.Clear();
            denied.Headers[header] = "for=10.9.1.1";
            await denied.PageAsync("/sign-in", HttpStatusCode.Forbidden);
        }
        denied.Headers.Clear();
        await denied.PageAsync("/", HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_proxy_of_this_machine_that_is_not_among_the_configured_ones_is_refused()
    {
        await using var own = new OwnWorld { Forwarders = [System.Net.IPNetwork.Parse("10.0.0.1/32")] };
        await own.InitializeAsync();
        using var visitor = own.Visitor("10.1.1.1");
        Assert.Contains("PIPELINE_DASHBOARD_FORWARDERS", await visitor.PageAsync("/", HttpStatusCode.Forbidden));
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
