using Hangfire.Storage;
using MySqlConnector;
using Pipeline.JobStorage.Tests.Servers;

namespace Pipeline.JobStorage.Tests.Chaos;

/// <summary>A connection that breaks just when the commit is on its way: the one error that must not be repeated.</summary>
[Trait("speed", "server")]
public sealed class CommitFaultTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Flavour.MySql)]
    [InlineData(Flavour.MariaDb)]
    public async Task A_commit_of_unknown_outcome_is_reported_and_not_repeated(Flavour flavour)
    {
        string address = await Databases.CreateAsync(flavour);
        using (var direct = new MySqlJobStorage(address))
            direct.Migrate();
        await using var proxy = new AnswerCutter(address, "COMMIT");
        using var storage = new MySqlJobStorage(proxy.Address);
        using var connection = (JobStorageConnection)storage.GetConnection();
        Assert.Equal(0, connection.GetCounter("counter"));

        proxy.Arm();
        using (var transaction = connection.CreateWriteTransaction())
        {
            transaction.IncrementCounter("counter");
            Assert.Throws<MySqlException>(transaction.Commit);
        }
        // The server had heard it: a repeat would have counted twice.
        for (int i = 0; i < 2_000 && connection.GetCounter("counter") == 0; i++)
            await Task.Delay(50, Cancelled);
        Assert.Equal(1, connection.GetCounter("counter"));
    }
}
