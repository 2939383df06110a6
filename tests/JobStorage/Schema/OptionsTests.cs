using Hangfire.Storage;
using Pipeline.JobStorage.Queues;

namespace Pipeline.JobStorage.Tests.Schema;

[Trait("speed", "fast")]
public sealed class OptionsTests
{
    [Theory]
    [InlineData("a-b")]
    [InlineData("a;DROP TABLE b")]
    [InlineData("a23456789012345678901234567890123")]
    public void A_prefix_that_is_no_name_is_refused(string prefix) =>
        Assert.Throws<ArgumentException>(() => new MySqlJobStorage("Server=none", new MySqlJobStorageOptions { TablePrefix = prefix }));

    [Fact]
    public void Options_that_cannot_be_are_refused()
    {
        Refused(new MySqlJobStorageOptions { LeaseDuration = TimeSpan.FromMilliseconds(999) });
        Refused(new MySqlJobStorageOptions { LockLease = TimeSpan.Zero });
        Refused(new MySqlJobStorageOptions { QueuePollInterval = TimeSpan.Zero });
        Refused(new MySqlJobStorageOptions { RetryFor = TimeSpan.FromSeconds(-1) });
        Refused(new MySqlJobStorageOptions { ExpirationBatch = 0 });

        static void Refused(MySqlJobStorageOptions options) =>
            Assert.Throws<ArgumentOutOfRangeException>(() => new MySqlJobStorage("Server=none", options));
    }

    [Fact]
    public void A_storage_names_its_place_and_no_password()
    {
        using var storage = new MySqlJobStorage("Server=db;Port=3307;Database=app;User ID=u;Password=secret");
        Assert.Equal("MySQL: db:3307/app", storage.ToString());
    }

    [Fact]
    public void The_storage_acknowledges_in_transactions()
    {
        using var storage = new MySqlJobStorage("Server=none");
        Assert.True(storage.HasFeature(JobStorageFeatures.Transaction.RemoveFromQueue(typeof(MySqlFetchedJob))));
    }
}
