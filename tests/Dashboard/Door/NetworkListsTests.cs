using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.Texts;
using Pipeline.Jobs;

namespace Pipeline.Dashboard.Tests.Door;

/// <summary>Which machines the dashboard answers at all.</summary>
[Trait("speed", "fast")]
public sealed class NetworkListsTests
{
    [Theory]
    [InlineData("127.0.0.1", "", "", 200)]
    [InlineData("::1", "", "", 200)]
    [InlineData("172.28.93.1", "", "", 403)]
    [InlineData("172.28.93.1", "172.28.93.1", "", 200)]
    [InlineData("::ffff:172.28.93.1", "172.28.93.1", "", 200)]
    [InlineData("172.28.93.2", "172.28.93.1", "", 403)]
    [InlineData("172.28.93.2", "10.0.0.1, 172.28.93.0/24", "", 200)]
    [InlineData("172.28.93.2", "172.28.93.0/24", "172.28.93.2/32", 403)]
    [InlineData("172.28.93.3", "172.28.93.0/24", "172.28.93.2/32", 200)]
    [InlineData("127.0.0.1", "", "127.0.0.1", 403)]
    [InlineData("2001:db8::7", "2001:db8::/32", "", 200)]
    public async Task Its_own_machine_and_the_allowed_are_answered_but_not_the_denied(string from, string clients, string denied, int expected)
    {
        var settings = JobsSettings.From(name => name switch
        {
            JobsSettings.DashboardClientsVariable => clients,
            JobsSettings.DashboardDeniedVariable => denied,
            _ => null,
        });
        var context = new DefaultHttpContext();
        using var services = new ServiceCollection().AddSingleton<IHttpContextAccessor>(new HttpContextAccessor { HttpContext = context }).AddScoped<Words>().BuildServiceProvider();
        context.RequestServices = services;
        context.Connection.RemoteIpAddress = IPAddress.Parse(from);

        await new NetworkLists(_ => Task.CompletedTask, settings.Dashboard).InvokeAsync(context);

        Assert.Equal(expected, context.Response.StatusCode);
    }

    [Fact]
    public void What_is_no_network_is_named()
    {
        var error = Assert.Throws<SettingException>(() => JobsSettings.From(name => name == JobsSettings.DashboardForwardersVariable ? "10.0.0.0/8, proxy" : null));

        Assert.Contains("PIPELINE_DASHBOARD_FORWARDERS has 'proxy'", error.Message);
    }
}
