using Pipeline.JobStorage.Tests.Servers;

namespace Pipeline.JobStorage.Tests.Contract;

/// <summary>
/// Random sequences of operations, on Hangfire's own storage and on ours: each answers the same at every step. A failure names its seed
/// and the steps that led to it.
/// </summary>
[Trait("speed", "server")]
public sealed class RandomSequenceTests
{
    private const int Steps = 150;
    private const int OverviewEvery = 25;

    [Theory]
    [InlineData(Flavour.MySql, 1)]
    [InlineData(Flavour.MySql, 2)]
    [InlineData(Flavour.MySql, 3)]
    [InlineData(Flavour.MySql, 4)]
    [InlineData(Flavour.MariaDb, 5)]
    [InlineData(Flavour.MariaDb, 6)]
    public async Task Both_storages_answer_alike(Flavour flavour, int seed)
    {
        string address = await Databases.CreateAsync(flavour);
        using var ourStorage = new MySqlJobStorage(address);
        using var theirStorage = InMemoryStores.Create();
        using var theirs = new World(theirStorage);
        using var ours = new World(ourStorage);
        var operations = new Operations(new Random(seed));
        var steps = new List<string>();

        for (int step = 0; step < Steps; step++)
        {
            var (name, run) = operations.Draw(theirs);
            steps.Add(name);
            Compare(run);
            if (step % OverviewEvery != OverviewEvery - 1)
                continue;
            // What a server does in the background changes no answer.
            ourStorage.Upkeep.Aggregate(CancellationToken.None);
            ourStorage.Upkeep.Expire(CancellationToken.None);
            Compare(Operations.Overview);
        }

        void Compare(Func<World, object?> run)
        {
            string expected = theirs.Answer(run), actual = ours.Answer(run);
            if (expected != actual)
                Assert.Fail($"seed {seed}, step {steps.Count}:\n  {string.Join("\n  ", steps.TakeLast(40))}\nexpected {expected}\nactual   {actual}");
        }
    }
}
