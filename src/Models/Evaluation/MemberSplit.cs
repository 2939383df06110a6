using Pipeline.Models.Features;

namespace Pipeline.Models.Evaluation;

/// <summary>
/// Strong generalization as in D. Liang, R. Krishnan, M. Hoffman, T. Jebara, "Variational Autoencoders for Collaborative Filtering", WWW
/// 2018 (Mult-VAE): some members are never trained on; from four fifths of their titles the model has to find the others. The
/// catalogue is what the training members have.
/// </summary>
internal static class MemberSplit
{
    public static EvaluationSplit Split(InteractionMatrix data, int seed)
    {
        var random = new Random(seed);
        var eligible = Enumerable.Range(0, data.Users.Count)
            .Where(user => data.ByUser.RowLength(user) >= Protocols.MinHeldOutTitles)
            .ToArray();
        random.Shuffle(eligible);
        var count = Math.Min((int)(data.Users.Count * Protocols.HeldOutShare), Protocols.MaxHeldOut);
        var heldOut = eligible.Take(count).Order().ToArray();
        if (heldOut.Length == 0)
        {
            throw new EvaluationException(
                $"{Protocols.StrongGeneralization} needs ten members or more, and some with {Protocols.MinHeldOutTitles} titles.");
        }
        var train = TrainingPart(data, heldOut.ToHashSet());
        var histories = new SparseBuilder(train.Contents.Count);
        var targets = new SparseBuilder(train.Contents.Count);
        var skipped = 0;
        var evaluated = new List<long>();
        foreach (var user in heldOut)
        {
            if (AddMember(data, user, train.Contents, random, histories, targets))
                evaluated.Add(data.Users[user]);
            else
                skipped++;
        }
        return new EvaluationSplit(
            Protocols.StrongGeneralization, train, histories.Build(), targets.Build(), skipped) { UserIds = evaluated };
    }

    private static InteractionMatrix TrainingPart(InteractionMatrix data, HashSet<int> heldOut)
    {
        var users = new List<long>();
        var contents = new List<long>();
        var confidences = new List<float>();
        var times = new List<long>();
        for (var user = 0; user < data.Users.Count; user++)
        {
            if (heldOut.Contains(user))
                continue;
            var columns = data.ByUser.Columns(user);
            for (var n = 0; n < columns.Length; n++)
            {
                users.Add(data.Users[user]);
                contents.Add(data.Contents[columns[n]]);
                confidences.Add(data.ByUser.Values(user)[n]);
            }
            times.AddRange(data.LastAt(user));
        }
        return InteractionMatrix.FromColumns([.. users], [.. contents], [.. confidences], [.. times]);
    }

    private static bool AddMember(
        InteractionMatrix data, int user, IdIndex catalogue, Random random, SparseBuilder histories, SparseBuilder targets)
    {
        var titles = new List<(int Content, float Confidence)>();
        for (var n = 0; n < data.ByUser.RowLength(user); n++)
        {
            var content = catalogue.IndexOf(data.Contents[data.ByUser.Columns(user)[n]]);
            if (content >= 0)
                titles.Add((content, data.ByUser.Values(user)[n]));
        }
        var shuffled = Enumerable.Range(0, titles.Count).ToArray();
        random.Shuffle(shuffled);
        var tested = shuffled.Take((int)(titles.Count * Protocols.HeldOutTestShare)).Where(n => titles[n].Confidence > 0).ToHashSet();
        if (tested.Count == 0)
            return false;
        for (var n = 0; n < titles.Count; n++)
            (tested.Contains(n) ? targets : histories).Add(titles[n].Content, titles[n].Confidence);
        histories.EndRow();
        targets.EndRow();
        return true;
    }
}
