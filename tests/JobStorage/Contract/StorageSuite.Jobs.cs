using System.Reflection;
using System.Reflection.Emit;
using Hangfire.Common;
using Hangfire.States;

namespace Pipeline.JobStorage.Tests.Contract;

public abstract partial class StorageSuite
{
    [Fact]
    public void A_created_job_has_its_method_its_parameters_and_no_state()
    {
        string id = Connection.CreateExpiredJob(
            Work.Job("한국어 ✓", "critical"), new Dictionary<string, string> { ["Culture"] = "ko-KR", ["Empty"] = "", ["Null"] = null! },
            new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc), TimeSpan.FromHours(1));

        var data = Connection.GetJobData(id);
        Assert.Null(data.LoadException);
        Assert.Equal("한국어 ✓", data.Job.Args[0]);
        Assert.Equal("critical", data.Job.Queue);
        Assert.Null(data.State);
        Assert.Equal("ko-KR", data.ParametersSnapshot["Culture"]);
        Assert.Equal(3, data.ParametersSnapshot.Count);
        Assert.Null(data.ParametersSnapshot["Null"]);
        // The storage's clock says when, whatever the caller's says.
        Assert.InRange(data.CreatedAt, Connection.GetUtcDateTime().AddMinutes(-5), Connection.GetUtcDateTime().AddMinutes(5));
        Assert.Equal("ko-KR", Connection.GetJobParameter(id, "Culture"));
        Assert.Null(Connection.GetStateData(id));
    }

    [Theory]
    [InlineData("no number")]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("999999999")]
    [InlineData("99999999999999999999999")]
    public void What_is_no_job_is_answered_with_nothing(string id)
    {
        Assert.Null(Connection.GetJobData(id));
        Assert.Null(Connection.GetStateData(id));
        Assert.Null(Connection.GetJobParameter(id, "any"));
        Assert.Null(Monitor.JobDetails(id));
        Connection.SetJobParameter(id, "any", "value");
        Write(transaction =>
        {
            transaction.SetJobState(id, new SucceededState(null, 1, 1));
            transaction.AddJobState(id, new DeletedState());
            transaction.ExpireJob(id, TimeSpan.FromHours(1));
            transaction.PersistJob(id);
            transaction.SetJobParameter(id, "any", "value");
        });
        Assert.Null(Connection.GetJobData(id));
        Assert.Null(Connection.GetJobParameter(id, "any"));
        Assert.Equal(0, Monitor.SucceededListCount());
    }

    [Fact]
    public void Parameters_are_written_over_and_their_names_differ_in_case()
    {
        string id = NewJob();
        Connection.SetJobParameter(id, "name", "1");
        Connection.SetJobParameter(id, "Name", "2");
        Connection.SetJobParameter(id, "name", "3");
        Connection.SetJobParameter(id, "none", null!);
        Assert.Equal("3", Connection.GetJobParameter(id, "name"));
        Assert.Equal("2", Connection.GetJobParameter(id, "Name"));
        Assert.Null(Connection.GetJobParameter(id, "none"));
        Assert.Null(Connection.GetJobParameter(id, "NAME"));
        Assert.Throws<ArgumentNullException>(() => Connection.SetJobParameter(null!, "a", "b"));
        Assert.Throws<ArgumentNullException>(() => Connection.GetJobParameter(id, null!));
    }

    [Fact]
    public void A_state_is_the_last_one_set_and_history_keeps_all()
    {
        string id = NewJob();
        Write(transaction => transaction.SetJobState(id, new EnqueuedState("default") { Reason = "because" }));
        Write(transaction => transaction.AddJobState(id, new FailedState(new InvalidOperationException("no")) { Reason = "in passing" }));

        var state = Connection.GetStateData(id);
        Assert.Equal(EnqueuedState.StateName, state.Name);
        Assert.Equal("because", state.Reason);
        Assert.Equal("default", state.Data["Queue"]);
        Assert.Equal(EnqueuedState.StateName, Connection.GetJobData(id).State);

        var details = Monitor.JobDetails(id);
        Assert.Equal([FailedState.StateName, EnqueuedState.StateName], details.History.Select(entry => entry.StateName));
        Assert.Equal("in passing", details.History[0].Reason);
        Assert.Equal("no", details.History[0].Data["ExceptionMessage"]);
        Assert.NotNull(details.ExpireAt);
    }

    [Fact]
    public void Long_texts_are_kept_whole()
    {
        string text = new('ß', 200_000);
        string id = NewJob(text);
        Write(transaction => transaction.SetJobState(id, new AnyState("Own", text, new Dictionary<string, string> { ["Long"] = text })));
        Connection.SetJobParameter(id, "Long", text);
        Assert.Equal(text, Connection.GetJobData(id).Job.Args[0]);
        Assert.Equal(text, Connection.GetStateData(id).Reason);
        Assert.Equal(text, Connection.GetStateData(id).Data["Long"]);
        Assert.Equal(text, Connection.GetJobParameter(id, "Long"));
    }

    [Fact]
    public void Expiring_at_once_deletes_and_persisting_keeps()
    {
        string gone = NewJob(), kept = NewJob();
        Write(transaction =>
        {
            transaction.ExpireJob(kept, TimeSpan.FromDays(1));
            transaction.PersistJob(kept);
            transaction.ExpireJob(gone, TimeSpan.Zero);
        });
        Assert.Null(Connection.GetJobData(gone));
        Assert.Null(Monitor.JobDetails(kept).ExpireAt);
        Write(transaction => transaction.ExpireJob(kept, TimeSpan.FromDays(1)));
        Assert.InRange(Monitor.JobDetails(kept).ExpireAt!.Value, Connection.GetUtcDateTime().AddHours(23), Connection.GetUtcDateTime().AddHours(25));
    }

    [Fact]
    public void A_transaction_makes_a_job_that_is_there_when_it_commits()
    {
        string id = null!;
        Write(transaction =>
        {
            id = transaction.CreateJob(Work.Job("made"), new Dictionary<string, string> { ["a"] = "1" }, DateTime.UnixEpoch, TimeSpan.FromHours(1));
            Assert.Null(Connection.GetJobData(id));
            transaction.SetJobParameter(id, "b", "2");
            transaction.SetJobState(id, new EnqueuedState("default"));
            transaction.AddToQueue("default", id);
        });
        var data = Connection.GetJobData(id);
        Assert.Equal("made", data.Job.Args[0]);
        Assert.Equal(["1", "2"], data.ParametersSnapshot.OrderBy(pair => pair.Key).Select(pair => pair.Value));
        Assert.Equal(EnqueuedState.StateName, data.State);
        using var fetched = Fetch();
        Assert.Equal(id, fetched.JobId);
        fetched.RemoveFromQueue();
    }

    [Fact]
    public void What_is_not_committed_never_was()
    {
        string id = NewJob();
        using (var transaction = Connection.CreateWriteTransaction())
        {
            transaction.SetJobState(id, new EnqueuedState("default"));
            transaction.AddToSet("set", "value");
            transaction.AddToQueue("default", id);
        }
        Assert.Null(Connection.GetJobData(id).State);
        Assert.Empty(Connection.GetAllItemsFromSet("set"));
        Assert.Equal(0, Monitor.EnqueuedCount("default"));
    }

    [Fact]
    public void A_job_whose_method_is_gone_says_so()
    {
        var gone = Gone();
        string id = Connection.CreateExpiredJob(
            new Job(gone, gone.GetMethod("Do")!), new Dictionary<string, string>(), DateTime.UnixEpoch, TimeSpan.FromHours(1));
        var data = Connection.GetJobData(id);
        Assert.Null(data.Job);
        Assert.NotNull(data.LoadException);
        Assert.Equal("Do", data.InvocationData.Method);
        Assert.Throws<JobLoadException>(data.EnsureLoaded);
        Assert.NotNull(Monitor.JobDetails(id).LoadException);

        // Of an assembly that no file has, so that nobody finds it by its name.
        static Type Gone()
        {
            var type = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Gone"), AssemblyBuilderAccess.Run).DefineDynamicModule("Gone").DefineType("Gone.Job", TypeAttributes.Public);
            type.DefineMethod("Do", MethodAttributes.Public | MethodAttributes.Static, typeof(void), []).GetILGenerator().Emit(OpCodes.Ret);
            return type.CreateType();
        }
    }
}
