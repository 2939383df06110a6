using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pipeline.Jobs.Hosting;

namespace Pipeline.Jobs.Tests.Hosting;

[Trait("speed", "fast")]
public sealed class DashboardAccessTests : IAsyncDisposable
{
    private const string Token = "0f1e2d3c4b5a";

    private readonly string _file = Path.GetTempFileName();
    private WebApplication? _app;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        File.Delete(_file);
    }

    /// <summary>The door with a room behind it.</summary>
    private async Task<HttpClient> OpenAsync(string? tokenFile)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new JobsSettings { DashboardTokenFile = tokenFile });
        _app = builder.Build();
        _app.UseMiddleware<DashboardAccess>();
        _app.Run(context => context.Response.WriteAsync("inside", Cancelled));
        await _app.StartAsync(Cancelled);
        await File.WriteAllTextAsync(_file, Token + "\n", Cancelled);
        return new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(_app.Urls.Single()) };
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(HttpClient client, string path, string? header = null, string? value = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (header is not null)
            request.Headers.TryAddWithoutValidation(header, value);
        using var response = await client.SendAsync(request, Cancelled);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancelled));
    }

    private static async Task<HttpResponseMessage> SignInAsync(HttpClient client, string token)
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("token", token)]);
        return await client.PostAsync(DashboardAccess.SignInPath, form, Cancelled);
    }

    [Fact]
    public async Task Without_a_token_file_nobody_gets_in_and_the_page_says_why()
    {
        using var client = await OpenAsync(tokenFile: null);
        var (status, body) = await GetAsync(client, "/hangfire", "Authorization", "Bearer ");
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("PIPELINE_DASHBOARD_TOKEN_FILE", body);
    }

    [Fact]
    public async Task An_empty_token_file_opens_nothing()
    {
        using var client = await OpenAsync(_file);
        await File.WriteAllTextAsync(_file, " \n", Cancelled);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(client, "/hangfire", "Authorization", "Bearer ")).Status);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("Authorization", "Bearer 0f1e2d3c4b5b")]
    [InlineData("Authorization", "Bearer 0f1e2d3c4b5a0")]
    [InlineData("Authorization", "Basic 0f1e2d3c4b5a")]
    [InlineData("Cookie", "pipeline-dashboard=0f1e2d3c4b5a")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    public async Task Without_the_token_there_is_only_the_form(string? header, string? value)
    {
        using var client = await OpenAsync(_file);
        foreach (string path in (string[])["/hangfire", "/hangfire/recurring", "/HANGFIRE/jobs/enqueued"])
        {
            var (status, body) = await GetAsync(client, path, header, value);
            Assert.Equal(HttpStatusCode.Unauthorized, status);
            Assert.Contains("<form", body);
            Assert.DoesNotContain("inside", body);
        }
    }

    [Fact]
    public async Task A_program_gets_in_with_the_bearer_token()
    {
        using var client = await OpenAsync(_file);
        Assert.Equal((HttpStatusCode.OK, "inside"), await GetAsync(client, "/hangfire/recurring", "Authorization", $"Bearer {Token}"));
    }

    [Fact]
    public async Task A_person_signs_in_once_and_keeps_a_strict_cookie_until_the_token_changes()
    {
        using var client = await OpenAsync(_file);
        using var signedIn = await SignInAsync(client, Token);
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        string cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Token, cookie);

        string value = cookie.Split(';')[0];
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(client, "/hangfire", "Cookie", value)).Status);
        await File.WriteAllTextAsync(_file, "another", Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(client, "/hangfire", "Cookie", value)).Status);
    }

    [Fact]
    public async Task A_wrong_token_in_the_form_gives_no_cookie()
    {
        using var client = await OpenAsync(_file);
        using var refused = await SignInAsync(client, "guess");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.False(refused.Headers.Contains("Set-Cookie"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(client, $"{DashboardAccess.SignInPath}?token={Token}")).Status);
    }

    [Fact]
    public async Task Other_paths_are_not_the_doors_business()
    {
        using var client = await OpenAsync(_file);
        Assert.Equal((HttpStatusCode.OK, "inside"), await GetAsync(client, "/health"));
    }
}
