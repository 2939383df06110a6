using Pipeline.Dashboard.SignIn;

namespace Pipeline.Dashboard.Tests.SignIn;

/// <summary>How few of any number of attempts are written down.</summary>
[Trait("speed", "fast")]
public sealed class EarlyAttemptsTests
{
    [Fact]
    public void Of_early_attempts_the_first_of_each_pause_is_noted()
    {
        var clock = new LateClock();
        var early = new EarlyAttempts(clock);
        var pause = TimeSpan.FromMinutes(1);

        Assert.True(early.IsFirst("ada", "10.0.0.1", pause));
        Assert.False(early.IsFirst("ada", "10.0.0.2", pause));
        Assert.False(early.IsFirst("grace", "10.0.0.1", pause));
        Assert.True(early.IsFirst("grace", "10.0.0.2", pause));
        Assert.True(early.IsFirst("not a name", "10.0.0.3", pause));
        Assert.False(early.IsFirst("neither a name", "10.0.0.4", pause));
        clock.Late = pause;
        Assert.True(early.IsFirst("ada", "10.0.0.1", pause));

        // Bounded: with too many pauses at once the rest is not noted, and there is room again once they are over.
        for (int i = 0; i < 20_000; i++)
            early.IsFirst($"name-{i}", $"address {i}", pause);
        Assert.False(early.IsFirst("one-more", "10.0.0.9", pause));
        clock.Late = 2 * pause;
        Assert.True(early.IsFirst("one-more", "10.0.0.9", pause));
    }

    private sealed class LateClock : TimeProvider
    {
        public TimeSpan Late { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Late;
    }
}
