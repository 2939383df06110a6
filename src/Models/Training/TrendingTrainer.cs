using Pipeline.Models.Features;
using Pipeline.Models.Kernels;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training;

/// <summary>
/// What is watched now: a title's score is Σ 2^(−age / half-life) over the members who wanted it, ages being counted to the latest
/// interaction of the data. Interactions without times are all of one age, which leaves the order of popularity.
/// </summary>
public sealed class TrendingTrainer(TrendingParameters parameters) : ITrainer
{
    private const double MillisecondsPerDay = 86_400_000;

    public string Algorithm => TrendingParameters.AlgorithmName;

    public IReadOnlyDictionary<string, string> Settings => TrendingParameters.Table.Write(parameters);

    /// <exception cref="AlgorithmSettingException">A setting that the algorithm does not have, or a value out of its range.</exception>
    public static TrendingTrainer Create(IEnumerable<KeyValuePair<string, string>> settings) => new(TrendingParameters.Table.Read(settings));

    public IRecommender Train(
        InteractionMatrix interactions, ComputeOptions compute, Action<TrainingIteration>? progress, CancellationToken cancellationToken)
    {
        Interactions.RequireSome(interactions);
        var now = long.MinValue;
        for (var user = 0; user < interactions.Users.Count; user++)
        {
            foreach (var at in interactions.LastAt(user))
                now = Math.Max(now, at);
        }
        var scores = new double[interactions.Contents.Count];
        for (var user = 0; user < interactions.Users.Count; user++)
        {
            var columns = interactions.ByUser.Columns(user);
            var confidences = interactions.ByUser.Values(user);
            var times = interactions.LastAt(user);
            for (var n = 0; n < columns.Length; n++)
            {
                if (confidences[n] > 0)
                    scores[columns[n]] += times.IsEmpty ? 1 : PortableMath.Exp2((times[n] - now) / MillisecondsPerDay / parameters.HalfLifeDays);
            }
        }
        return new PopularityModel(Algorithm, Settings, interactions.Contents, [.. scores.Select(score => (float)score)]);
    }
}
