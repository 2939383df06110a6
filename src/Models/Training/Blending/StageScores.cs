using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training.Blending;

/// <summary>
/// The scores of several models for one history, each brought to mean 0 and deviation 1 over the titles that the member lacks and the
/// model knows; what a model does not know gets its least score. Not for several threads at once.
/// </summary>
internal sealed class StageScores
{
    private readonly IScorer[] scorers;
    private readonly float[][] scores;
    private readonly bool[] silent;
    private readonly Candidate[] room;

    public StageScores(IReadOnlyList<IScoringModel> models, ComputeOptions compute, CancellationToken cancellationToken)
    {
        var catalogue = models[0].Contents.Count;
        scorers = [.. models.Select(model => model.CreateScorer(compute with { Threads = 1 }, cancellationToken))];
        scores = [.. models.Select(_ => new float[catalogue])];
        silent = new bool[models.Count];
        room = new Candidate[catalogue];
    }

    /// <summary>True where no model has anything to say.</summary>
    public bool IsSilent => Array.TrueForAll(silent, value => value);

    /// <summary>One model's scores, shape [catalogue].</summary>
    public ReadOnlySpan<float> this[int model] => scores[model];

    public void Compute(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences)
    {
        for (var model = 0; model < scorers.Length; model++)
        {
            scorers[model].Score(columns, confidences, scores[model]);
            foreach (var column in columns)
                scores[model][column] = float.NegativeInfinity;
            silent[model] = !Standardise(scores[model]);
        }
    }

    /// <summary>The best titles of each model, all together, ascending.</summary>
    /// <param name="perModel">Titles of each.</param>
    public int[] Candidates(ReadOnlySpan<int> columns, int perModel)
    {
        var found = new SortedSet<int>();
        for (var model = 0; model < scorers.Length; model++)
        {
            if (silent[model])
                continue;
            for (var item = 0; item < room.Length; item++)
                room[item] = new Candidate(columns.BinarySearch(item) >= 0 ? float.NegativeInfinity : scores[model][item], item);
            Candidate.SelectBest(room, Math.Min(perModel, room.Length));
            foreach (var candidate in room.AsSpan(0, Math.Min(perModel, room.Length)))
            {
                if (!float.IsNegativeInfinity(candidate.Score))
                    found.Add(candidate.Item);
            }
        }
        return [.. found];
    }

    /// <returns>False where the model scores nothing; its scores are then 0.</returns>
    private static bool Standardise(float[] scores)
    {
        double sum = 0, squares = 0;
        var (count, least) = (0, float.PositiveInfinity);
        foreach (var score in scores)
        {
            if (float.IsNegativeInfinity(score))
                continue;
            sum += score;
            squares += (double)score * score;
            count++;
            least = Math.Min(least, score);
        }
        if (count == 0)
        {
            Array.Clear(scores);
            return false;
        }
        var mean = sum / count;
        var deviation = Math.Sqrt(Math.Max(squares / count - mean * mean, 0));
        var scale = deviation > 0 ? 1 / deviation : 0;
        for (var item = 0; item < scores.Length; item++)
            scores[item] = (float)((Math.Max(scores[item], least) - mean) * scale);
        return true;
    }
}
