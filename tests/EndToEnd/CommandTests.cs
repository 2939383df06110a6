namespace Pipeline.EndToEnd.Tests;

/// <summary>What the command says to those who hold it wrong.</summary>
[Trait("speed", "e2e")]
public sealed class CommandTests
{
    [Fact]
    public async Task An_unknown_verb_is_a_usage_error()
    {
        await using var pipe = new Pipe();
        var ended = (await pipe.RunAsync("frobnicate")).ShouldEnd(2);
        Assert.Contains("unknown verb 'frobnicate'", ended.Error, StringComparison.Ordinal);
        Assert.Empty(ended.Output);
    }

    [Fact]
    public async Task Without_servers_a_command_says_how_to_get_them()
    {
        await using var pipe = new Pipe();
        var ended = (await pipe.RunAsync("recommend", "1")).ShouldEnd(1);
        Assert.Contains("./pipeline up", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Down_with_nothing_running_is_fine()
    {
        await using var pipe = new Pipe();
        (await pipe.RunAsync("down")).ShouldEnd(0);
    }

    [Fact]
    public async Task A_server_address_that_does_not_answer_is_named()
    {
        await using var pipe = new Pipe();
        var ended = (await pipe.RunWithAsync(new() { ["PIPELINE_REDIS"] = "127.0.0.1:1" }, "up")).ShouldEnd(1);
        Assert.Contains("PIPELINE_REDIS", ended.Error, StringComparison.Ordinal);
        Assert.Empty(pipe.ProcessesLeft());
    }

    [Theory]
    [InlineData("generate", "--events", "many")]
    [InlineData("generate", "--events", "-5")]
    [InlineData("demo", "--bogus")]
    [InlineData("demo", "--events", "0")]
    [InlineData("evaluate", "--algorithm", "ials")]
    public async Task Arguments_that_make_no_sense_are_usage_errors(params string[] arguments)
    {
        await using var pipe = new Pipe();
        var ended = (await pipe.RunAsync(arguments)).ShouldEnd(2);
        Assert.NotEmpty(ended.Error);
        Assert.Empty(ended.Output);
        Assert.Empty(pipe.ProcessesLeft());
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("up")]
    [InlineData("generate")]
    [InlineData("send")]
    [InlineData("import")]
    [InlineData("ledger")]
    [InlineData("run")]
    [InlineData("export")]
    [InlineData("models")]
    [InlineData("evaluate")]
    [InlineData("convert")]
    [InlineData("operator")]
    [InlineData("operator add")]
    [InlineData("audit verify")]
    [InlineData("recommend")]
    public async Task Help_needs_no_servers_and_says_what_to_type(string verb)
    {
        await using var pipe = new Pipe();
        var ended = (await pipe.RunAsync([.. verb.Split(' '), "--help"])).ShouldEnd(0);
        Assert.Contains($"./pipeline {verb} ", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Pipeline.", ended.Output, StringComparison.Ordinal);
        Assert.Empty(pipe.ProcessesLeft());
    }

    [Fact]
    public async Task The_same_arguments_generate_the_same_bytes()
    {
        await using var pipe = new Pipe();
        var first = (await pipe.RunAsync("generate", "--events", "2000", "--seed", "7")).ShouldEnd(0);
        var second = (await pipe.RunAsync("generate", "--events", "2000", "--seed", "7")).ShouldEnd(0);
        Assert.Equal(first.Output, second.Output);
        Assert.NotEmpty(first.Output);
    }
}
