using Pipeline.Jobs.Erasure;
using Pipeline.Jobs.Popularity;
using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Training;

namespace Pipeline.Jobs.Runs;

/// <summary>The jobs there are.</summary>
public sealed class JobCatalogue(IEnumerable<IJob> jobs)
{
    private static readonly SortedDictionary<string, IReadOnlyList<JobParameter>> ParametersByJob = new(StringComparer.Ordinal)
    {
        [EraseMemberJob.JobName] = EraseMemberJob.ValidParameters,
        [PopularityJob.JobName] = PopularityJob.ValidParameters,
        [PopularityBackfillJob.JobName] = PopularityBackfillJob.ValidParameters,
        [PopularityHourJob.JobName] = PopularityHourJob.ValidParameters,
        [PromoteModelJob.JobName] = PromoteModelJob.ValidParameters,
        [RollBackJob.JobName] = RollBackJob.ValidParameters,
        [TrainRecommendationsJob.JobName] = TrainingParameters.All,
    };

    private readonly Dictionary<string, IJob> _jobs = jobs.ToDictionary(job => job.Name, StringComparer.Ordinal);

    /// <summary>Those that are asked for with a code, each time.</summary>
    private static readonly string[] Confirmed = [EraseMemberJob.JobName, PromoteModelJob.JobName, RollBackJob.JobName];

    /// <summary>Those that have a page or a question of their own, and so are not started from a form of parameters.</summary>
    private static readonly string[] Asked = [PopularityBackfillJob.JobName, PopularityHourJob.JobName, .. Confirmed];

    public static IReadOnlyCollection<string> Names => ParametersByJob.Keys;

    public static IReadOnlyList<JobParameter> Parameters(string job) => ParametersByJob[job];

    /// <summary>The setting by which a run of the job changes nothing that readers get; null where no run does.</summary>
    public static string? QuietSetting(string job) => ParametersByJob[job].Contains(Publishing.Wanted) ? Publishing.Off : null;

    public static bool AsksForCode(string job) => Confirmed.Contains(job);

    public static bool IsForPeople(string job) => !Asked.Contains(job);

    /// <summary>Checks a request to run a job, without any server.</summary>
    /// <param name="settings">Texts such as <c>rank=64</c>.</param>
    /// <exception cref="UsageException">There is no such job or parameter, or the value does not fit; the message says what does.</exception>
    public static ParameterValues Read(string job, IEnumerable<string> settings) => ParametersByJob.TryGetValue(job, out var parameters)
        ? ParameterValues.Read(job, parameters, settings)
        : throw new UsageException($"there is no job '{job}'. The jobs are: {string.Join(", ", Names)}");

    public IJob Find(string name) => _jobs[name];
}
