using System.Text.Json;

namespace Pipeline.Jobs.Tests.Commands;

/// <summary><c>evaluate</c> as people start it. What it measures is tested where it is computed; here, what it takes and how it ends.</summary>
[Trait("speed", "fast")]
public sealed class EvaluateCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("evaluate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("valid are rank, iterations, alpha, lambda, nu, sigma, solver, block, seed",
        "--ratings", "RATINGS", "--protocol", "leave-last-out", "--set", "depth=3")]
    [InlineData("valid are blend, bpr, content, ease, ffm, ials, item-knn, popularity, ranker, sgd, trending",
        "--ratings", "RATINGS", "--protocol", "leave-last-out", "--algorithm", "magic")]
    [InlineData("either --ratings FILE --protocol NAME, or --train FILE --test FILE", "--ratings", "RATINGS", "--test", "RATINGS")]
    [InlineData("leave-last-out, strong-generalization, time-split", "--ratings", "RATINGS", "--protocol", "guess")]
    [InlineData("90s, 10m or 2h", "--ratings", "RATINGS", "--protocol", "leave-last-out", "--search", "3", "--budget", "soon")]
    [InlineData("say how many settings with --search", "--ratings", "RATINGS", "--protocol", "leave-last-out", "--budget", "10m")]
    [InlineData("expected one or more of blend", "--ratings", "RATINGS", "--protocol", "leave-last-out", "--algorithm", "", "--against", "")]
    [InlineData("two are called wide", "--ratings", "RATINGS", "--protocol", "leave-last-out", "--algorithm", "wide=ials,wide=ease")]
    [InlineData("ease is an algorithm itself", "--ratings", "RATINGS", "--protocol", "leave-last-out", "--algorithm", "ease=ials")]
    [InlineData("expected NAME=ALGORITHM", "--ratings", "RATINGS", "--protocol", "leave-last-out", "--algorithm", "a.b=ials")]
    [InlineData("expected ignore or use", "--ratings", "RATINGS", "--protocol", "leave-last-out", "--values", "all")]
    [InlineData("--report /nowhere/report.html: expected a file in a folder that exists", "--ratings", "RATINGS", "--protocol", "leave-last-out", "--report", "/nowhere/report.html")]
    [InlineData("--resume /nowhere/search.jsonl: expected a file", "--ratings", "RATINGS", "--protocol", "leave-last-out", "--search", "2", "--resume", "/nowhere/search.jsonl")]
    [InlineData("numbers from 0 to 10", "--ratings", "RATINGS", "--protocol", "leave-last-out", "--diversity", "-1")]
    public async Task What_cannot_be_asked_for_ends_with_status_2_and_says_what_can(string said, params string[] arguments)
    {
        var ratings = Ratings("ratings.csv", Checkerboard);
        var (status, output, error) = await RunAsync([.. arguments.Select(argument => argument == "RATINGS" ? ratings : argument)]);
        Assert.Equal((2, ""), (status, output));
        Assert.Contains(said, error);
    }

    [Fact]
    public async Task A_malformed_line_ends_with_status_1_and_is_named()
    {
        var (status, output, error) = await RunAsync("--ratings", Ratings("bad.csv", "1,10,3,5\n2,20,four,6\n"), "--protocol", "leave-last-out", "--json");
        Assert.Equal((1, ""), (status, output));
        Assert.Equal("bad.csv: line 2, field 3: 'four'; expected a value.", error.Trim());
    }

    [Fact]
    public async Task A_pipe_ends_with_status_1_and_is_called_one()
    {
        var (status, output, error) = await RunAsync("--ratings", "/dev/stdin", "--protocol", "leave-last-out");
        Assert.Equal((1, ""), (status, output));
        Assert.Equal("stdin: it is a pipe; expected a file.", error.Trim());
    }

    [Fact]
    public async Task What_one_algorithm_cannot_do_does_not_lose_what_another_has_done()
    {
        var (status, output, error) = await RunAsync(
            "--ratings", Ratings("ratings.csv", Checkerboard), "--protocol", "leave-last-out", "--k", "5", "--algorithm", "ials,sgd,ease", "--set", "rank=4",
            "--set", "sgd.LearningRate=1e9", "--set", "ease.max-memory=0.000001", "--json");
        Assert.Equal(1, status);
        using var document = JsonDocument.Parse(output);
        Assert.Equal("ials", document.RootElement.GetProperty("algorithm").GetString());
        Assert.Equal(["sgd", "ease"], document.RootElement.GetProperty("failed").EnumerateArray().Select(failure => failure.GetProperty("algorithm").GetString()));
        Assert.Contains("sgd failed: Training diverges", error);
        Assert.Contains("Choose a smaller LearningRate", error);
    }

    [Fact]
    public async Task One_algorithm_is_measured_with_several_settings_under_names()
    {
        var (status, output, _) = await RunAsync(
            "--ratings", Ratings("ratings.csv", Checkerboard), "--protocol", "leave-last-out", "--k", "5", "--algorithm", "wide=ials,narrow=ials", "--set", "rank=8",
            "--set", "narrow.rank=2", "--json");
        Assert.Equal(0, status);
        using var document = JsonDocument.Parse(output);
        var subject = document.RootElement;
        var other = subject.GetProperty("against")[0];
        Assert.Equal(("wide", "ials", 8), (subject.GetProperty("name").GetString(), subject.GetProperty("algorithm").GetString(), subject.GetProperty("settings").GetProperty("rank").GetInt32()));
        Assert.Equal(("narrow", "ials", 2), (other.GetProperty("name").GetString(), other.GetProperty("algorithm").GetString(), other.GetProperty("settings").GetProperty("rank").GetInt32()));
    }

    [Theory]
    [InlineData("nothing could be measured: ials: ", "--algorithm", "ials", "--against", "", "--set", "alpha=0", "--set", "lambda=1e-30")]
    [InlineData("ratings.csv: no row has a value of 9 or more.", "--min-value", "9")]
    public async Task What_cannot_be_measured_ends_with_status_1_and_one_line(string said, params string[] arguments)
    {
        var (status, output, error) = await RunAsync(["--ratings", Ratings("ratings.csv", Checkerboard), "--protocol", "leave-last-out", .. arguments]);
        Assert.Equal((1, ""), (status, output));
        Assert.Contains(said, error);
        Assert.DoesNotContain("   at ", error);
    }

    [Fact]
    public async Task Values_are_ones_unless_they_are_asked_for_and_a_compressed_file_is_read()
    {
        var random = new Random(1);
        var text = string.Concat(Checkerboard.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Replace(",5,", $",{random.Next(1, 6)},", StringComparison.Ordinal) + "\n"));
        string plain = Ratings("rated.csv", text), compressed = Path.Combine(folder, "rated.csv.gz");
        await using (var file = new System.IO.Compression.GZipStream(File.Create(compressed), System.IO.Compression.CompressionLevel.Fastest))
            await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
        var digests = new List<string>();
        foreach (var arguments in new string[][] { [plain], [compressed], [plain, "--values", "use"], [Ratings("ones.csv", Checkerboard)] })
        {
            var (status, output, _) = await RunAsync(["--ratings", .. arguments, "--protocol", "leave-last-out", "--algorithm", "sgd", "--k", "5", "--json"]);
            Assert.Equal(0, status);
            using var document = JsonDocument.Parse(output);
            digests.Add(document.RootElement.GetProperty("data").GetProperty("digest").GetString()! + document.RootElement.GetProperty("metrics").GetRawText());
        }
        Assert.Equal(digests[0], digests[1]);
        Assert.NotEqual(digests[0], digests[2]);
        Assert.Equal(digests[0], digests[3]);
    }

    [Fact]
    public async Task A_split_of_ones_own_is_measured_in_one_document()
    {
        var (status, output, _) = await RunAsync(
            "--ratings", Ratings("ratings.csv", Checkerboard), "--protocol", "leave-last-out", "--k", "5,2", "--set", "rank=4", "--set", "iterations=6", "--json");
        Assert.Equal(0, status);
        using var document = JsonDocument.Parse(output);
        var report = document.RootElement;
        Assert.Equal("ials", report.GetProperty("algorithm").GetString());
        Assert.Equal(4, report.GetProperty("settings").GetProperty("rank").GetInt32());
        Assert.Equal(40, report.GetProperty("data").GetProperty("evaluatedUsers").GetInt32());
        // Everybody's last title is one of the few of their own half that they have not had yet.
        Assert.True(report.GetProperty("metrics").GetProperty("recall@5").GetDouble() > 2 * report.GetProperty("baseline").GetProperty("metrics").GetProperty("recall@5").GetDouble());
        Assert.InRange(report.GetProperty("metrics").GetProperty("ndcg@2").GetDouble(), 0, 1);
    }

    [Fact]
    public async Task Slices_labels_and_a_page_come_with_a_comparison()
    {
        var page = Path.Combine(folder, "report.html");
        var members = Ratings("members.csv", "user,region\n" + string.Concat(Enumerable.Range(0, 40).Select(user => $"{user},{(user < 30 ? "KR" : "JP")}\n")));
        var titles = Ratings("titles.csv", "id,genres\n" + string.Concat(Enumerable.Range(0, 82).Select(n => $"{100 + n},{(n % 2 == 0 ? "drama" : "crime|comedy")}\n")));
        var (status, output, _) = await RunAsync(
            "--ratings", Ratings("ratings.csv", Checkerboard), "--protocol", "leave-last-out", "--k", "5", "--algorithm", "popularity", "--against", "ials",
            "--set", "ials.rank=4", "--members", members, "--titles", titles, "--report", page, "--json");
        Assert.Equal(0, status);
        using var document = JsonDocument.Parse(output);
        var report = document.RootElement;
        Assert.Equal("ials", report.GetProperty("baseline").GetProperty("algorithm").GetString());
        Assert.Equal(4, report.GetProperty("against")[0].GetProperty("settings").GetProperty("rank").GetInt32());
        Assert.True(report.GetProperty("difference").GetProperty("high95").GetDouble() < 0);
        Assert.Equal(["light", "region=KR", "region=JP"], report.GetProperty("slices").EnumerateArray().Select(slice => slice.GetProperty("name").GetString()));
        Assert.Equal(["comedy", "crime", "drama"], report.GetProperty("groups").EnumerateArray().Select(group => group.GetString()));
        Assert.InRange(report.GetProperty("metrics").GetProperty("auc").GetDouble(), 0, 1);
        var interval = report.GetProperty("intervals").GetProperty("ndcg@5");
        Assert.InRange(report.GetProperty("metrics").GetProperty("ndcg@5").GetDouble(), interval.GetProperty("low95").GetDouble(), interval.GetProperty("high95").GetDouble());

        var html = await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken);
        Assert.Contains("popularity is worse than ials", html, StringComparison.Ordinal);
        Assert.Equal(5, System.Text.RegularExpressions.Regex.Count(html, "<svg "));
        Assert.DoesNotContain("http", html, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_is_told_resumed_and_reported_and_several_algorithms_stand_side_by_side()
    {
        string ratings = Ratings("ratings.csv", Checkerboard), state = Path.Combine(folder, "search.jsonl");
        string[] arguments =
        [
            "--ratings", ratings, "--protocol", "leave-last-out", "--k", "5", "--algorithm", "ials,popularity", "--set", "iterations=4",
            "--search", "3", "--budget", "10m", "--resume", state, "--json",
        ];
        var (status, output, error) = await RunAsync(arguments);
        Assert.Equal(0, status);
        Assert.Contains("4/5 ", error);
        Assert.Equal(4, File.ReadAllLines(state).Length);
        using var document = JsonDocument.Parse(output);
        var search = document.RootElement.GetProperty("search");
        Assert.Equal((3, 4), (search.GetProperty("trials").GetInt32(), search.GetProperty("measured").GetInt32()));
        Assert.Equal(4, document.RootElement.GetProperty("settings").GetProperty("iterations").GetInt32());
        Assert.Equal("popularity", Assert.Single(document.RootElement.GetProperty("against").EnumerateArray()).GetProperty("algorithm").GetString());

        var (again, resumed, quiet) = await RunAsync(arguments);
        Assert.Equal(0, again);
        Assert.DoesNotContain("4/5 ", quiet);
        Assert.Equal(4, File.ReadAllLines(state).Length);
        using var second = JsonDocument.Parse(resumed);
        Assert.Equal(document.RootElement.GetProperty("metrics").GetRawText(), second.RootElement.GetProperty("metrics").GetRawText());
    }

    [Theory]
    [InlineData("ml.inter", "user_id:token\titem_id:token\trating:float\ttimestamp:float\n", '\t')]
    [InlineData("u.data", "", '\t')]
    [InlineData("ratings.csv", "userId,movieId,rating,timestamp\n", ',')]
    [InlineData("spaces.txt", "", ' ')]
    public async Task Ratings_are_read_in_the_formats_that_people_have(string name, string header, char separator)
    {
        var (status, output, _) = await RunAsync(
            "--ratings", Ratings(name, header + Checkerboard.Replace(',', separator)), "--protocol", "time-split", "--algorithm", "popularity", "--k", "5", "--json");
        Assert.Equal(0, status);
        using var document = JsonDocument.Parse(output);
        Assert.Equal(40, document.RootElement.GetProperty("data").GetProperty("trainUsers").GetInt32());
    }

    [Fact]
    public async Task A_given_split_is_measured_as_a_table()
    {
        var (status, output, error) = await RunAsync(
            "--train", Ratings("train.txt", "1 10\n1 11\n2 10\n3 11\n"), "--test", Ratings("test.txt", "2 11\n3 10\n"), "--algorithm", "popularity", "--k", "1");
        Assert.Equal(0, status);
        Assert.Contains("| recall | 1.0000 (1.0000) |", output);
        Assert.Contains("| all | 2 | 1.0000 | 1.0000 | +0.0000 (+0.0000 to +0.0000) |", output);
        Assert.Contains("training on 4 interactions", error);
    }

    /// <summary>Members 8 and 9 are strangers to the training part: what they have stands in a file of its own.</summary>
    [Fact]
    public async Task Members_who_were_not_trained_on_are_asked_by_what_they_have()
    {
        string train = Ratings("train.txt", "1 10\n1 11\n2 10\n2 11\n3 10\n3 12\n"), test = Ratings("test.txt", "8 11\n9 12\n"), folded = Ratings("folded.txt", "8 10\n9 10\n9 11\n");
        var (status, output, _) = await RunAsync("--train", train, "--test", test, "--fold-in", folded, "--algorithm", "popularity", "--k", "1", "--json");
        Assert.Equal(0, status);
        using var document = JsonDocument.Parse(output);
        // The most popular title that they do not have is theirs.
        Assert.Equal(1, document.RootElement.GetProperty("metrics").GetProperty("recall@1").GetDouble());
        Assert.Equal(2, document.RootElement.GetProperty("data").GetProperty("evaluatedUsers").GetInt32());

        var (without, _, error) = await RunAsync("--train", train, "--test", test, "--algorithm", "popularity");
        Assert.Equal(1, without);
        Assert.Contains("No member of the test part has anything in the training part", error);
    }

    [Fact]
    public async Task Ratings_converted_and_vectors_forced_give_the_same_figures()
    {
        var (ratings, converted) = (Ratings("ratings.csv", Checkerboard), Path.Combine(folder, "ratings.bin"));
        string[] rest = ["--protocol", "leave-last-out", "--k", "5", "--set", "rank=20", "--set", "iterations=3", "--json"];
        var (_, expected, _) = await RunAsync(["--ratings", ratings, .. rest]);
        Assert.Equal(0, (await JobsProgram.RunWithVectorsAsync(width: null, ["convert", ratings, converted])).Status);
        foreach (var width in new[] { "32", "128", "256", "512" })
        {
            var (status, output, _) = await JobsProgram.RunWithVectorsAsync(width, ["evaluate", "--ratings", converted, .. rest]);
            Assert.Equal(0, status);
            using JsonDocument one = JsonDocument.Parse(expected), other = JsonDocument.Parse(output);
            Assert.Equal(one.RootElement.GetProperty("metrics").GetRawText(), other.RootElement.GetProperty("metrics").GetRawText());
        }
    }

    [Fact]
    public async Task A_vector_width_that_there_is_not_ends_with_status_2()
    {
        var (status, output, error) = await JobsProgram.RunWithVectorsAsync("64", ["evaluate", "--help"]);
        Assert.Equal((2, "", "PIPELINE_VECTOR_WIDTH must be 32, 128, 256 or 512"), (status, output, error.Trim()));
    }

    [Fact]
    public async Task What_cannot_be_converted_leaves_no_file()
    {
        var converted = Path.Combine(folder, "bad.bin");
        var (status, _, error) = await JobsProgram.RunWithVectorsAsync(width: null, ["convert", Ratings("bad.csv", "1,10,3,5\n2,20,four,6\n"), converted]);
        Assert.Equal((1, "bad.csv: line 2, field 3: 'four'; expected a value."), (status, error.Trim()));
        Assert.Empty(Directory.GetFiles(folder, "bad.bin*"));
    }

    /// <summary>Members 0 to 39 watch titles of their own parity, one after the other, from a start of their own.</summary>
    private static string Checkerboard => string.Concat(
        from user in Enumerable.Range(0, 40)
        from step in Enumerable.Range(0, 15)
        select $"{user},{100 + (user % 2) + (2 * ((user / 2) + step) % 40)},5,{1_600_000_000 + step}\n");

    private string Ratings(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static Task<(int Status, string Output, string Error)> RunAsync(params string[] arguments) =>
        JobsProgram.RunWithVectorsAsync(width: null, ["evaluate", .. arguments]);
}
