using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Jobs.Hosting;

namespace Pipeline.Jobs.Tests.Hosting;

/// <summary>Which machines the dashboard answers at all, token or not.</summary>
[Trait("speed", "fast")]
public sealed class DashboardClientsTests : IDisposable
{
    private const string Token = "of this test";

    private readonly string _tokenFile = Path.GetTempFileName();

    public DashboardClientsTests() => File.WriteAllText(_tokenFile, Token);

    public void Dispose() => File.Delete(_tokenFile);

    [Theory]
    [InlineData("127.0.0.1", "", 200)]
    [InlineData("::1", "", 200)]
    [InlineData("172.28.93.1", "", 403)]
    [InlineData("172.28.93.1", "172.28.93.1", 200)]
    [InlineData("::ffff:172.28.93.1", "172.28.93.1", 200)]
    [InlineData("172.28.93.1", "10.0.0.1, 172.28.93.1", 200)]
    [InlineData("172.28.93.2", "172.28.93.1", 403)]
    public async Task Only_its_own_machine_and_those_named_get_to_the_door(string from, string clients, int expected) =>
        Assert.Equal(expected, await AskAsync(from, clients, Token));

    [Fact]
    public async Task Who_is_named_still_needs_the_token() => Assert.Equal(401, await AskAsync("172.28.93.1", "172.28.93.1", "another"));

    [Fact]
    public void What_is_no_address_is_named()
    {
        var error = Assert.Throws<SettingException>(() => Settings("172.28.93.0/24"));

        Assert.Contains("PIPELINE_DASHBOARD_CLIENTS has '172.28.93.0/24'", error.Message);
    }

    private async Task<int> AskAsync(string from, string clients, string token)
    {
        var access = new DashboardAccess(_ => Task.CompletedTask, Settings(clients), NullLogger<DashboardAccess>.Instance);
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(from);
        context.Request.Path = DashboardAccess.Path;
        context.Request.Headers.Authorization = $"Bearer {token}";
        await access.InvokeAsync(context);
        return context.Response.StatusCode;
    }

    private JobsSettings Settings(string clients) => JobsSettings.From(name => name switch
    {
        JobsSettings.TokenFileVariable => _tokenFile,
        JobsSettings.DashboardClientsVariable => clients,
        _ => null,
    });
}
