using System.Diagnostics;
using Hangfire;
using Hangfire.States;
using Pipeline.JobStorage.Tests.Servers;

namespace Pipeline.JobStorage.Tests.Contract;

/// <summary>Whole lives of jobs under a Hangfire server, on Hangfire's own storage and on ours: the same states, in the same order, for the same reasons.</summary>
[Trait("speed", "server")]
public sealed class FlowTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Flavour.MySql)]
    [InlineData(Flavour.MariaDb)]
    public async Task Jobs_live_alike_on_both_storages(Flavour flavour)
    {
        using var theirs = InMemoryStores.Create();
        using var ours = new MySqlJobStorage(await Databases.CreateAsync(flavour));
        string expected = await LivesAsync(theirs);
        Assert.Contains("Retry attempt 1 of 1", expected);
        Assert.Contains(AwaitingState.StateName, expected);
        Assert.Equal(expected, await LivesAsync(ours));
    }

    private static async Task<string> LivesAsync(Hangfire.JobStorage storage)
    {
        using var world = new World(storage);
        var client = new BackgroundJobClient(storage);
        // All is queued before anybody works, so that each comes to its end in one way.
        string parent = Made(client.Schedule(() => Work.Say("parent"), TimeSpan.FromSeconds(1)));
        string child = Made(client.ContinueJobWith(parent, () => Work.Say("child")));
        string grandchild = Made(client.ContinueJobWith(child, () => Work.Say("grandchild")));
        string failing = Made(client.Enqueue(() => Work.Fail()));
        string onSuccess = Made(client.ContinueJobWith(failing, () => Work.Say("never"), JobContinuationOptions.OnlyOnSucceededState));
        string deleted = Made(client.Schedule(() => Work.Say("deleted"), TimeSpan.FromDays(1)));
        string onDeletion = Made(client.ContinueJobWith(deleted, () => Work.Say("after all"), JobContinuationOptions.OnAnyFinishedState));
        string early = Made(client.Schedule(() => Work.Say("early"), TimeSpan.FromDays(1)));
        Assert.True(client.Delete(deleted));
        Assert.True(client.Requeue(early));

        using (new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = 1, SchedulePollingInterval = TimeSpan.FromMilliseconds(200) }, storage))
        {
            var ends = new Dictionary<string, string>
            {
                [grandchild] = SucceededState.StateName, [failing] = FailedState.StateName, [onSuccess] = AwaitingState.StateName,
                [onDeletion] = SucceededState.StateName, [early] = SucceededState.StateName,
            };
            var patience = Stopwatch.StartNew();
            while (ends.Any(end => world.Connection.GetJobData(end.Key).State != end.Value))
            {
                Assert.True(patience.Elapsed < TimeSpan.FromMinutes(3), string.Join('\n', Enumerable.Range(0, world.Jobs).Select(Life)));
                await Task.Delay(100, Cancelled);
            }
        }
        var statistics = world.Monitor.GetStatistics();
        return string.Join('\n', Enumerable.Range(0, world.Jobs).Select(Life).Append(
            $"{statistics.Succeeded} succeeded, {statistics.Deleted} deleted, {statistics.Failed} failed, {statistics.Scheduled} scheduled, {statistics.Enqueued} enqueued"));

        string Made(string id)
        {
            world.Made(id);
            return id;
        }

        string Life(int job)
        {
            string id = world.Id(job);
            var history = world.Monitor.JobDetails(id).History.Reverse().Select(entry => $"{entry.StateName} ({entry.Reason})");
            return $"{job}: {string.Join(", ", history)}; retries {world.Connection.GetJobParameter(id, "RetryCount") ?? "none"}, "
                + $"result {(world.Connection.GetStateData(id).Data.TryGetValue("Result", out string? result) ? result : "none")}";
        }
    }
}
