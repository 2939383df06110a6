using Pipeline.Jobs.Runs;
using Pipeline.Jobs.Training;
using Pipeline.Models.Evaluation;
using Pipeline.Storage.Events;

namespace Pipeline.Jobs.Exchange;

/// <summary>What was exported.</summary>
/// <param name="Digest">Of the interactions: the same as a model's of the registry that was trained on them here.</param>
/// <param name="Files">In the order in which they were written.</param>
internal sealed record ExportSummary(
    string Folder, string Digest, int Users, int Items, int Interactions, double HeldOutShare, DateTime ReadAt, IReadOnlyList<ExportedFile> Files);

/// <summary>
/// Writes what <c>train-recommendations</c> would train on as Parquet, for an engine that trains elsewhere: the same features and weights, and
/// without the members whom the gate asks. Who has a shell asks for it, no page and no token: it writes wherever it is told.
/// </summary>
internal sealed class ExportInteractionsJob(IEventStore events, bool replaces) : IJob
{
    public const string JobName = "export-interactions";

    private static readonly JobParameter<string> To = JobParameters.Text("to", "folder that the files are written to", "", "", _ => { }) with { IsRequired = true };

    private static readonly IReadOnlyList<JobParameter> ValidParameters = [To, TrainingParameters.HeldOutShare, .. MemberHistories.ValidParameters];

    public static IReadOnlyList<string> FileNames { get; } = [InteractionFiles.Interactions, InteractionFiles.Contents];

    public string Name => JobName;

    /// <summary>Null until the run has succeeded.</summary>
    public ExportSummary? Summary { get; private set; }

    /// <summary>Most rows of a row group.</summary>
    public int RowsPerGroup { get; init; } = InteractionFiles.DefaultRowsPerGroup;

    /// <exception cref="UsageException">A setting that there is not, or that cannot be what it is set to.</exception>
    public static ParameterValues Read(string folder, IEnumerable<string> settings) =>
        ParameterValues.Read(JobName, ValidParameters, [.. settings, $"{To.Name}={Path.GetFullPath(folder)}"]);

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var histories = await MemberHistories.ReadAsync(events, run, cancellationToken);
        if (histories.Features.Interactions.Count == 0)
            return JobOutcome.Failed(await MemberHistories.NothingAsync(events, run, cancellationToken));
        double share = histories.HeldOutShareOf(run);
        try
        {
            var data = FrozenMembers.Split(histories.Features, 0, share).Train;
            var note = new ExportNote(data.Digest, share, run.StartedAt);
            var files = new InteractionFiles(data, note) { RowsPerGroup = RowsPerGroup };
            await run.StepAsync($"writing {data.Count} interactions", cancellationToken);
            string folder = run.Parameters.Get(To);
            var written = await new ExportFolder(folder, replaces, $"{run.Lease.RunId}-{run.Lease.Token}").WriteAsync(
                [
                    (InteractionFiles.Interactions, stream => files.WriteInteractionsAsync(stream, run.Progress, cancellationToken)),
                    (InteractionFiles.Contents, stream => files.WriteContentsAsync(stream, cancellationToken)),
                ], cancellationToken);
            Summary = new ExportSummary(folder, note.Digest, data.Users.Count, data.Contents.Count, data.Count, share, note.ReadAt, written);
            return JobOutcome.Done;
        }
        catch (EvaluationException problem)
        {
            return JobOutcome.Failed($"no model of these interactions could be judged: {problem.Message}");
        }
    }
}
