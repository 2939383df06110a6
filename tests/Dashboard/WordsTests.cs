using System.Net;
using System.Text.RegularExpressions;
using Pipeline.Dashboard.Texts;
using Pipeline.Servers;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Tests;

[Trait("speed", "server")]
public sealed class WordsTests(SharedWorld world)
{
    /// <summary>The columns named state of job_run, job_run_event, model and generation, the kinds of alarms, sources of lists and reasons.</summary>
    private static readonly string[] StatesOfTheTables =
        ["running", "succeeded", "skipped", "failed", "cancelled", "lost", "registered", "rejected", "published", "writing", "pruning", "pruned",
            "cancelling", "missed", "from Redis", "from MySql", "from Popularity", "from None", "popular"];

    [Fact]
    public async Task Every_word_of_the_pages_has_its_Korean_and_no_Korean_is_left_over()
    {
        var jobs = await world.Get<IJobControl>().ListAsync(TestContext.Current.CancellationToken);
        var meanings = jobs.SelectMany(job => job.Settings).Select(setting => setting.Meaning).ToHashSet();
        var ranges = jobs.SelectMany(job => job.Settings).Select(setting => setting.Range).Where(IsWords).ToHashSet();
        string home = Repository.PathOf("src/Dashboard");
        string sources = string.Join('\n', Directory.EnumerateFiles(home, "*.cs*", SearchOption.AllDirectories)
            .Where(file => !Path.GetFileName(file).StartsWith("Korean.", StringComparison.Ordinal)).Select(File.ReadAllText));
        var used = Regex.Matches(sources, "(?:\\bT|words)\\[\"([^\"]+)\"").Select(match => match.Groups[1].Value).ToHashSet();

        Assert.Empty(used.Except(Korean.Words.Keys));
        string[] looked = [.. Enum.GetNames<OperatorRole>(), .. StatesOfTheTables, .. meanings, .. ranges];
        Assert.All(Korean.Words.Keys.Except(looked), english => Assert.Contains($"\"{english}\"", sources));
        Assert.Empty(looked.Except(Korean.Words.Keys));
        Assert.All(Korean.Words, pair => Assert.Equal(Regex.Count(pair.Key, @"\{\d\}"), Regex.Count(pair.Value, @"\{\d\}")));
    }

    /// <summary>Bounds are put into other words, and names such as those of algorithms and signals are the same in all languages.</summary>
    private static bool IsWords(string range) => range.Length > 0 && !range.Contains(" to ", StringComparison.Ordinal) && !Regex.IsMatch(range, @"^[\w-]+(, [\w-]+)*$");

    [Theory]
    [InlineData(null, null, "en", "Sign in")]
    [InlineData("ko-KR,ko;q=0.9,en;q=0.8", null, "ko", "로그인")]
    [InlineData("fr, en;q=0.5, ko;q=0.7", null, "ko", "로그인")]
    [InlineData("ko", "en", "en", "Sign in")]
    [InlineData("en", "ko", "ko", "로그인")]
    [InlineData("en", "tlh", "en", "Sign in")]
    [InlineData("%%%", null, "en", "Sign in")]
    public async Task The_language_is_the_chosen_one_or_the_browser_s(string? browser, string? chosen, string language, string word)
    {
        using var visitor = world.Visitor();
        if (browser is not null)
            visitor.Headers["Accept-Language"] = browser;
        if (chosen is not null)
        {
            using var choice = await visitor.PostAsync("/language", "/sign-in", ("language", chosen), ("from", "/sign-in"));
            Assert.Equal("/sign-in", choice.Headers.Location?.ToString());
        }
        string page = await visitor.PageAsync("/sign-in");

        Assert.Contains($"<html lang=\"{language}\">", page);
        Assert.Contains(word, WebUtility.HtmlDecode(page));
    }
}
