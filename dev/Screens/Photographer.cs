using System.Globalization;
using System.Text.Json;
using Pipeline.Browser;
using Pipeline.Dashboard.SignIn;

namespace Pipeline.Screens;

/// <summary>Takes a picture of every page of a running dashboard.</summary>
/// <param name="oneTime">A one-time link of the admin <see cref="Name"/>.</param>
/// <param name="all">Both languages, light and dark each, and on a telephone; else English in the light and Korean in the dark.</param>
internal sealed class Photographer(Uri oneTime, string folder, bool all)
{
    private const string Name = "screens";
    private const string Password = "pictures of every page";
    private const int Width = 1_280;
    private const int TelephoneWidth = 390;

    private const int TelephoneHeight = 1_500;

    /// <summary>The contract's greatest id, which no member has: somebody has to be erased for a certificate to be seen.</summary>
    private const string NoMember = "9007199254740991";

    /// <summary>Of a page that is one of many, the address is where they are listed, and a link of that list leads to it.</summary>
    private static readonly (string File, string Address, string? Link, int Height)[] Pages =
    [
        ("overview", "/", null, 900), ("runs", "/runs", null, 900), ("run", "/runs?job=train-recommendations", "[href^='/runs/']", 1_400),
        ("jobs", "/jobs", null, 1_200), ("run-job", "/jobs/train-recommendations/run", null, 1_100), ("schedule", "/jobs/popularity/schedule", null, 900),
        ("backfill", "/jobs/popularity/backfill", null, 600), ("models", "/models", null, 700), ("model", "/models", "[href^='/models/']", 1_600),
        ("compare", "/models/compare?id=1&id=2", null, 1_300), ("promote", "/models/2/promote", null, 600), ("generations", "/generations", null, 800),
        ("roll-back", "/generations", "[href$='/roll-back']", 600), ("why", "/why?user=42&region=KR", null, 1_200), ("titles", "/titles", null, 1_100),
        ("ingest", "/ingest", null, 1_100), ("health", "/servers", null, 900), ("account", "/account", null, 900), ("erasures", "/erasures", null, 600),
        ("erasure", "/erasures", "[href^='/erasures/']", 700), ("operators", "/operators", null, 700), ("operator", "/operators", "[href^='/operators/']", 700),
        ("audit", "/audit", null, 800), ("no-page", "/nowhere", null, 400),
    ];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await using var browser = await Chromium.StartAsync(cancellationToken);
        await using var page = await browser.OpenAsync(cancellationToken);
        byte[] secret = await EnrolAsync(page, cancellationToken);
        await SignInAsync(page, secret, cancellationToken);
        await EraseNobodyAsync(page, secret, cancellationToken);
        foreach (var (file, address, link, height) in Pages)
        {
            if (await FindAsync(page, address, link, cancellationToken) is { } found)
                await PictureAsync(page, file, found, height, cancellationToken);
        }
    }

    private async Task PictureAsync(BrowserPage page, string file, Uri address, int height, CancellationToken cancellationToken)
    {
        foreach (var (language, dark) in ((string, bool)[])[("en", false), ("ko", true), ("en", true), ("ko", false)])
        {
            if (!all && dark != (language == "ko"))
                continue;
            string name = Path.Combine(folder, $"{file}-{language}-{(dark ? "dark" : "light")}");
            await page.ShowAsync(Width, height, dark, language, cancellationToken);
            await page.GoAsync(address, cancellationToken);
            await File.WriteAllBytesAsync($"{name}.png", await page.PictureAsync(cancellationToken), cancellationToken);
            if (!all)
                continue;
            await page.ShowAsync(TelephoneWidth, TelephoneHeight, dark, language, cancellationToken);
            await File.WriteAllBytesAsync($"{name}-telephone.png", await page.PictureAsync(cancellationToken), cancellationToken);
        }
    }

    /// <returns>Null where the list has no such link.</returns>
    private async Task<Uri?> FindAsync(BrowserPage page, string address, string? link, CancellationToken cancellationToken)
    {
        if (link is null)
            return new Uri(oneTime, address);
        await page.GoAsync(new Uri(oneTime, address), cancellationToken);
        var found = await page.EvaluateAsync($"document.querySelector(\"main tbody a{link}\")?.getAttribute('href')", cancellationToken);
        return found.ValueKind == JsonValueKind.String ? new Uri(oneTime, found.GetString()!) : null;
    }

    private async Task<byte[]> EnrolAsync(BrowserPage page, CancellationToken cancellationToken)
    {
        await page.ShowAsync(Width, 900, dark: false, "en", cancellationToken);
        await page.GoAsync(oneTime, cancellationToken);
        byte[] secret = Decode((await page.TextAsync(".secret", cancellationToken)).Replace(" ", ""));
        await page.FillAsync("input[name=password]", Password, cancellationToken);
        await page.FillAsync("input[name=code]", Totp.Code(secret, Step()), cancellationToken);
        await page.FollowAsync("main form button", cancellationToken);
        return secret;
    }

    private async Task SignInAsync(BrowserPage page, byte[] secret, CancellationToken cancellationToken)
    {
        await PictureAsync(page, "sign-in", new Uri(oneTime, "/sign-in"), 600, cancellationToken);
        await page.FillAsync("input[name=name]", Name, cancellationToken);
        await page.FillAsync("input[name=password]", Password, cancellationToken);
        await page.FillAsync("input[name=code]", await NextCodeAsync(secret, cancellationToken), cancellationToken);
        await page.FollowAsync("main form button", cancellationToken);
    }

    private async Task EraseNobodyAsync(BrowserPage page, byte[] secret, CancellationToken cancellationToken)
    {
        await page.GoAsync(new Uri(oneTime, "/erasures"), cancellationToken);
        await page.FillAsync("input[name=member]", NoMember, cancellationToken);
        await page.FillAsync("input[name=code]", await NextCodeAsync(secret, cancellationToken), cancellationToken);
        await page.FollowAsync("main form button", cancellationToken);
        await page.WaitAsync("document.querySelector('#certificate') && !document.querySelector('#certificate [role=status]')", cancellationToken);
    }

    /// <summary>Waits for the next step: this one's code is spent.</summary>
    private static async Task<string> NextCodeAsync(byte[] secret, CancellationToken cancellationToken)
    {
        for (long spent = Step(); Step() == spent;)
            await Task.Delay(200, cancellationToken);
        return Totp.Code(secret, Step());
    }

    private static long Step() => Totp.StepAt(TimeProvider.System.GetUtcNow());

    private static byte[] Decode(string base32)
    {
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        string bits = string.Concat(base32.Select(letter => Convert.ToString(letters.IndexOf(letter), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(chunk => chunk.Length == 8).Select(chunk => byte.Parse(new string(chunk), NumberStyles.BinaryNumber, CultureInfo.InvariantCulture))];
    }
}
