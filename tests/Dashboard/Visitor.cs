using System.Net;
using System.Text.RegularExpressions;

namespace Pipeline.Dashboard.Tests;

/// <summary>A browser: keeps cookies as one does that takes loopback for trustworthy, follows no redirects, posts forms with their tokens.</summary>
/// <param name="address">What a proxy says that it comes from; null where it comes by itself.</param>
internal sealed partial class Visitor(Uri host, string? address) : IDisposable
{
    public const string SessionCookie = "__Host-pipeline-session";

    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = host };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public Dictionary<string, string> Cookies { get; } = new(StringComparer.Ordinal);

    /// <summary>The attributes of every cookie as it was last set.</summary>
    public Dictionary<string, string> Attributes { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Headers { get; } = address is null ? [] : new(StringComparer.Ordinal) { ["X-Forwarded-For"] = address };

    public void Dispose() => _client.Dispose();

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public async Task<string> PageAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var answer = await GetAsync(path);
        Assert.Equal(expected, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Cancelled);
    }

    /// <summary>Posts a form with the token of the page that it stands on.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, string on, params (string Name, string Value)[] fields)
    {
        using var page = await GetAsync(on);
        return await PostWithAsync(path, Token(await page.Content.ReadAsStringAsync(Cancelled)), fields);
    }

    public Task<HttpResponseMessage> PostWithAsync(string path, string? token, params (string Name, string Value)[] fields)
    {
        var all = fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).ToList();
        if (token is not null)
            all.Add(KeyValuePair.Create("__RequestVerificationToken", token));
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(all) });
    }

    public Task<HttpResponseMessage> SignInAsync(string name, string password, string code) =>
        PostAsync("/sign-in", "/sign-in", ("name", name), ("password", password), ("code", code));

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        foreach (var (name, value) in Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (Cookies.Count > 0)
            request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        foreach (string cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            string[] parts = cookie.Split(';', 2);
            string[] pair = parts[0].Split('=', 2);
            Cookies[pair[0]] = pair[1];
            Attributes[pair[0]] = parts[1];
        }
        return answer;
    }

    /// <summary>The antiforgery token of a page's first form.</summary>
    public static string Token(string page)
    {
        var match = TokenField().Match(page);
        Assert.True(match.Success, $"no form with a token in\n{page}");
        return match.Groups[1].Value;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();
}
