using Pipeline.Services.Root;

namespace Pipeline.Services.Tests.Local;

/// <summary>When a services root is taken as it stands, and when it is made again.</summary>
[Trait("speed", "fast")]
public sealed class ServicesRootTests : IDisposable
{
    private const string Good = """{"Version":1,"Sql":0}""";

    private readonly TemporaryFolder _cache = new();

    public void Dispose() => _cache.Dispose();

    [Theory]
    [InlineData(Good, true, true)]
    [InlineData(null, true, false)] // the attempt was cut short: the stamp is written last
    [InlineData("", true, false)]
    [InlineData("""{"Version":1,"S""", true, false)]
    [InlineData("""{"Version":0,"Sql":0}""", true, false)] // of an older layout
    [InlineData(Good, false, false)] // somebody removed the tree
    public void A_root_is_finished_when_stamp_and_tree_are_there(string? stamp, bool tree, bool finished)
    {
        var root = new ServicesRoot(_cache.Path);
        Directory.CreateDirectory(Path.Combine(root.Tree, tree ? "usr" : "."));
        if (stamp is not null)
            File.WriteAllText(Path.Combine(root.Tree, "..", "stamp.json"), stamp);

        Assert.Equal(finished, root.IsFinished());
    }

    [Fact]
    public void The_stamp_says_which_SQL_server_there_is()
    {
        var root = new ServicesRoot(_cache.Path);
        Directory.CreateDirectory(Path.Combine(root.Tree, "usr"));
        File.WriteAllText(Path.Combine(root.Tree, "..", "stamp.json"), """{"Version":1,"Sql":1}""");

        Assert.True(root.IsFinished());
        Assert.Equal(SqlFlavour.MariaDb, root.Stamp.Sql);
    }
}
