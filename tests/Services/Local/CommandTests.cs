using System.Diagnostics;
using Pipeline.Services.Local;
using Pipeline.Services.Processes;

namespace Pipeline.Services.Tests.Local;

/// <summary>The program itself, as the script calls it, where no server needs to be started.</summary>
[Trait("speed", "fast")]
public sealed class CommandTests : IDisposable
{
    private readonly ServicesProgram _program = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("PIPELINE_KAFKA", "127.0.0.1:1")]
    [InlineData("PIPELINE_MONGO", "mongodb://pipeline:s3cret@127.0.0.1:1/coupang_play")]
    [InlineData("PIPELINE_MYSQL", "Server=127.0.0.1;Port=1;User ID=pipeline;Password=s3cret;Database=coupang_play")]
    [InlineData("PIPELINE_REDIS", "127.0.0.1:1,password=s3cret")]
    public async Task A_given_address_that_does_not_answer_is_named_without_its_password(string variable, string address)
    {
        var result = await _program.RunAsync(["up"], (variable, address));

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"pipeline: {variable}: ", result.Tail);
        Assert.Contains("127.0.0.1:1", result.Tail);
        Assert.DoesNotContain("s3cret", result.Tail);
        Assert.Single(result.Tail.Split('\n'));
    }

    [Fact]
    public async Task A_malformed_address_is_named_with_the_form_it_should_have()
    {
        var result = await _program.RunAsync(["up"], ("PIPELINE_MYSQL", "Server=db;Password=s3cret"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("PIPELINE_MYSQL is malformed: expected Server=…", result.Tail);
        Assert.DoesNotContain("s3cret", result.Tail);
    }

    [Fact]
    public async Task Down_says_when_nothing_was_running()
    {
        var result = await _program.RunAsync(["down"]);
        Assert.Equal(new CommandResult(0, "nothing was running"), result);
    }

    [Fact]
    public async Task Status_has_its_shape_also_when_nothing_is_up()
    {
        var result = await _program.RunAsync(["status", "--json"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("""{"kafka":null,"mongo":null,"mysql":null,"redis":null,"dashboard":null,"workers":[]}""", result.Tail);
    }

    [Theory]
    [InlineData("sideways")]
    [InlineData("up", "--now")]
    [InlineData("serve")]
    public async Task What_it_does_not_know_is_a_usage_error(params string[] arguments)
    {
        var result = await _program.RunAsync(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("usage: ./pipeline up | down | status", result.Tail);
    }

    [Fact]
    public async Task An_instance_ends_with_its_owner()
    {
        using var owner = Process.Start("sleep", "600");
        var state = Path.Combine(_program.Home, "instance");
        Directory.CreateDirectory(state);
        var serving = _program.RunAsync(["serve", state, "--kafka", $"--owner={owner.Id}"]);
        var endpoints = new StateFolder(state).EndpointsFile;
        while (!File.Exists(endpoints))
            await Task.Delay(20, Ct);
        Assert.False(serving.IsCompleted);

        owner.Kill();

        Assert.Equal(0, (await serving).ExitCode);
        Assert.False(Directory.Exists(state));
    }
}
