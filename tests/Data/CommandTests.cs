using System.Diagnostics;
using System.Text;

namespace Pipeline.Generator.Tests;

/// <summary>The program itself, as a shell runs it.</summary>
[Trait("speed", "fast")]
public sealed class CommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--events", "many")]
    [InlineData("--events", "-1")]
    [InlineData("--days", "0")]
    [InlineData("--days", "391")]
    [InlineData("--members", "0")]
    [InlineData("--until", "yesterday")]
    [InlineData("--speed", "9")]
    [InlineData("--seed")]
    public async Task Bad_arguments_are_named_with_the_usage_and_status_2(params string[] arguments)
    {
        var (status, output, error) = await RunAsync(arguments);
        Assert.Equal((2, ""), (status, output));
        Assert.Contains(arguments[0], error);
        Assert.Contains("Usage", error);
    }

    [Fact]
    public async Task Events_are_written_to_standard_output_and_nothing_else()
    {
        var (status, output, error) = await RunAsync("--events", "50", "--members", "5", "--titles", "9");
        Assert.Equal((0, ""), (status, error));
        Assert.Equal(50, output.Count(character => character == '\n'));
    }

    [Fact]
    public async Task The_catalogue_is_written_one_title_a_line_with_readable_Korean()
    {
        var (status, output, _) = await RunAsync("--catalog", "--titles", "20");
        var lines = output.TrimEnd('\n').Split('\n');
        Assert.Equal((0, 20), (status, lines.Length));
        var title = new World(GenerateDefaults.Members, 20, GenerateDefaults.Seed, GenerateDefaults.Until).Titles[0];
        Assert.StartsWith($$"""{"contentId":1001,"nameKo":"{{title.NameKo}}","nameEn":"{{title.NameEn}}","genres":[""", lines[0]);
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_it_quietly()
    {
        using var process = Start("--events", "100000000");
        await process.StandardOutput.ReadLineAsync(Cancel);
        process.StandardOutput.Close();
        var error = await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.Equal((0, ""), (process.ExitCode, error));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Who_interrupts_it_gets_whole_lines_and_status_1(string signal)
    {
        using var process = Start("--events", "100000000");
        var output = new StringBuilder((await process.StandardOutput.ReadLineAsync(Cancel))!).Append('\n');
        using (var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(Cancel);
        output.Append(await process.StandardOutput.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel);

        Assert.Equal(1, process.ExitCode);
        Assert.EndsWith("}\n", output.ToString(), StringComparison.Ordinal);
    }

    private static GenerateOptions GenerateDefaults { get; } = new();

    private static async Task<(int Status, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var error = process.StandardError.ReadToEndAsync(Cancel);
        var output = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, output, await error);
    }

    private static Process Start(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Pipeline.Generator.dll");
        // What a shell starts in the background is deaf to SIGINT, and so would be what it starts.
        return Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", "exec", program, "generate", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
    }
}
