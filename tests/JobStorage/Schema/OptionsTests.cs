using System.Globalization;
using System.Text.RegularExpressions;
using Hangfire.Storage;
using Pipeline.JobStorage.Data;
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
        Refused(new MySqlJobStorageOptions { RescueLimit = -1 });

        static void Refused(MySqlJobStorageOptions options) =>
            Assert.Throws<ArgumentOutOfRangeException>(() => new MySqlJobStorage("Server=none", options));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(3_600)]
    public void A_heartbeat_waits_for_nothing_longer_than_for_the_next_and_a_session_lasts_no_longer_than_a_lease(int lease)
    {
        var options = new MySqlJobStorageOptions { LeaseDuration = TimeSpan.FromSeconds(lease), LockLease = TimeSpan.FromSeconds(lease) };
        var heart = Sessions.HeartbeatBuilder("Server=none", options);
        Assert.InRange(heart.DefaultCommandTimeout, 1u, (uint)Math.Max(1, lease / 5));
        Assert.InRange(heart.ConnectionTimeout, 1u, (uint)Math.Max(1, lease / 5));
        Assert.Equal(1u, heart.MaximumPoolSize);
        int silence = int.Parse(Regex.Match(Sessions.Settings(options), "SESSION wait_timeout = ([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(silence, 3, Math.Max(3, lease - 1));
        // This side lets go of a connection well before the server does.
        Assert.InRange(Sessions.Builder("Server=none;Connection Idle Timeout=0", options).ConnectionIdleTimeout, 1u, (uint)(silence - 1));
        Assert.Equal(1u, Sessions.Builder("Server=none;Connection Idle Timeout=1", options).ConnectionIdleTimeout);
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
