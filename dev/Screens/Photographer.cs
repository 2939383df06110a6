using System.Globalization;
using Pipeline.Browser;
using Pipeline.Dashboard.SignIn;

namespace Pipeline.Screens;

/// <summary>Takes a picture of every page of a running dashboard.</summary>
/// <param name="link">A one-time link of the admin <see cref="Name"/>.</param>
/// <param name="all">Both languages, light and dark each; else English in the light and Korean in the dark.</param>
internal sealed class Photographer(Uri link, string folder, bool all)
{
    private const string Name = "screens";
    private const string Password = "pictures of every page";
    private const int Width = 1_280;

    /// <summary>The first of a list stands for all: where a page is one of many, the newest is taken.</summary>
    private static readonly (string File, string Path, int Height)[] Pages =
    [
        ("overview", "/", 900), ("runs", "/runs", 900), ("run", "newest:/runs?job=train-recommendations", 1_400), ("jobs", "/jobs", 1_200),
        ("run-job", "/jobs/train-recommendations/run", 1_100), ("schedule", "/jobs/popularity/schedule", 900), ("backfill", "/jobs/popularity/backfill", 600),
        ("models", "/models", 700), ("model", "newest:/models", 1_600), ("compare", "/models/compare?id=1&id=2", 1_300), ("promote", "/models/2/promote", 600),
        ("generations", "/generations", 800), ("why", "/why?user=42&region=KR", 1_200), ("titles", "/titles", 1_100), ("ingest", "/ingest", 1_100),
        ("health", "/servers", 900), ("account", "/account", 900), ("operators", "/operators", 700), ("audit", "/audit", 800),
    ];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await using var browser = await Chromium.StartAsync(cancellationToken);
        var page = await browser.OpenAsync(cancellationToken);
        byte[] secret = await EnrolAsync(page, cancellationToken);
        await SignInAsync(page, secret, cancellationToken);
        foreach (var (file, path, height) in Pages)
        {
            var address = await FindAsync(page, path, cancellationToken);
            await PictureAsync(page, file, address, height, cancellationToken);
        }
    }

    private async Task PictureAsync(BrowserPage page, string file, Uri address, int height, CancellationToken cancellationToken)
    {
        foreach (var (language, dark) in ((string, bool)[])[("en", false), ("ko", true), ("en", true), ("ko", false)])
        {
            if (!all && dark != (language == "ko"))
                continue;
            await page.ShowAsync(Width, height, dark, language, cancellationToken);
            await page.GoAsync(address, cancellationToken);
            string name = $"{file}-{language}-{(dark ? "dark" : "light")}.png";
            await File.WriteAllBytesAsync(Path.Combine(folder, name), await page.PictureAsync(cancellationToken), cancellationToken);
        }
    }

    private async Task<Uri> FindAsync(BrowserPage page, string path, CancellationToken cancellationToken)
    {
        if (!path.StartsWith("newest:", StringComparison.Ordinal))
            return new Uri(link, path);
        await page.GoAsync(new Uri(link, path["newest:".Length..]), cancellationToken);
        string newest = (await page.EvaluateAsync("document.querySelector('main tbody td.number a').getAttribute('href')", cancellationToken)).GetString()!;
        return new Uri(link, newest);
    }

    private async Task<byte[]> EnrolAsync(BrowserPage page, CancellationToken cancellationToken)
    {
        await page.ShowAsync(Width, 900, dark: false, "en", cancellationToken);
        await page.GoAsync(link, cancellationToken);
        byte[] secret = Decode((await page.TextAsync(".secret", cancellationToken)).Replace(" ", ""));
        await page.FillAsync("input[name=password]", Password, cancellationToken);
        await page.FillAsync("input[name=code]", Totp.Code(secret, Step()), cancellationToken);
        await page.FollowAsync("main form button", cancellationToken);
        return secret;
    }

    private async Task SignInAsync(BrowserPage page, byte[] secret, CancellationToken cancellationToken)
    {
        await PictureAsync(page, "sign-in", new Uri(link, "/sign-in"), 600, cancellationToken);
        await page.FillAsync("input[name=name]", Name, cancellationToken);
        await page.FillAsync("input[name=password]", Password, cancellationToken);
        // The enrolment has spent its step's code.
        for (long spent = Step(); Step() == spent;)
            await Task.Delay(200, cancellationToken);
        await page.FillAsync("input[name=code]", Totp.Code(secret, Step()), cancellationToken);
        await page.FollowAsync("main form button", cancellationToken);
    }

    private static long Step() => Totp.StepAt(TimeProvider.System.GetUtcNow());

    private static byte[] Decode(string base32)
    {
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        string bits = string.Concat(base32.Select(letter => Convert.ToString(letters.IndexOf(letter), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(chunk => chunk.Length == 8).Select(chunk => byte.Parse(new string(chunk), NumberStyles.BinaryNumber, CultureInfo.InvariantCulture))];
    }
}
