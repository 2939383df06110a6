using Pipeline.JobStorage.Locks;

namespace Pipeline.JobStorage.Tests.Leases;

[Trait("speed", "fast")]
public sealed class LockBellsTests
{
    [Fact]
    public async Task A_release_wakes_the_waiters_of_its_lock_and_no_others()
    {
        var bells = new LockBells();
        using var one = bells.Listen("one");
        using var same = bells.Listen("one");
        using var other = bells.Listen("other");
        var waiting = Task.Factory.StartNew(
            () => one.Wait(0, TimeSpan.FromHours(1)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        bells.Ring("one");
        await waiting.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        // Who had not begun to wait yet does not begin.
        same.Wait(0, TimeSpan.FromHours(1));
        Assert.Equal(0, other.Rings);
        bells.Ring("nobody waits for this one");
    }

    [Fact]
    public void A_bell_is_there_for_as_hoursas_somebody_listens()
    {
        var bells = new LockBells();
        var first = bells.Listen("one");
        bells.Ring("one");
        var second = bells.Listen("one");
        first.Dispose();
        Assert.Equal(1, second.Rings);
        second.Dispose();
        using var anew = bells.Listen("one");
        Assert.Equal(0, anew.Rings);
    }

    [Fact]
    public void Who_stands_further_back_asks_less_often()
    {
        var hours = TimeSpan.FromHours(1);
        for (int i = 0; i < 100; i++)
        {
            Assert.InRange(LockDesk.Rest(0, hours), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(120));
            Assert.InRange(LockDesk.Rest(3, hours), TimeSpan.FromMilliseconds(80), TimeSpan.FromMilliseconds(480));
            Assert.Equal(TimeSpan.FromSeconds(1), LockDesk.Rest(50, hours));
            Assert.Equal(TimeSpan.FromMilliseconds(5), LockDesk.Rest(50, TimeSpan.FromMilliseconds(5)));
        }
    }
}
