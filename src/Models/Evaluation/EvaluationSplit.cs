using Pipeline.Models.Features;

namespace Pipeline.Models.Evaluation;

/// <summary>What to train on, whose lists to make from what, and which titles the lists should have held.</summary>
/// <param name="Protocol">The field's name of the protocol.</param>
/// <param name="Train">Its contents are the whole catalogue, also titles that nobody in training has.</param>
/// <param name="Histories">Shape [evaluated members, catalogue]: known at the time of recommending, and kept off the list.</param>
/// <param name="Targets">Shape [evaluated members, catalogue]: held out.</param>
/// <param name="SkippedUsers">Members with targets but no history, who are not evaluated.</param>
public sealed record EvaluationSplit(
    string Protocol, InteractionMatrix Train, SparseMatrix Histories, SparseMatrix Targets, int SkippedUsers)
{
    public int EvaluatedUsers => Targets.RowCount;

    /// <summary>Ids of the evaluated members, in the order of the rows.</summary>
    public IReadOnlyList<long> UserIds { get; init; } = [];

    /// <summary>Titles that were to be found although their members' histories have them; they are in no list and not in <see cref="Targets"/>.</summary>
    public int KnownTargets { get; init; }

    /// <summary>How <see cref="Protocols.Validation"/> splits the training part.</summary>
    public string ValidationProtocol { get; init; } = Protocol;
}
