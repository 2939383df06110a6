using Pipeline.Models.Features;

namespace Pipeline.Models.Training;

/// <summary>What trainers ask of their data.</summary>
internal static class Interactions
{
    /// <exception cref="ArgumentException">There is nothing to train on.</exception>
    public static void RequireSome(InteractionMatrix interactions)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        if (interactions.Count == 0)
            throw new ArgumentException("There are no interactions to train on.", nameof(interactions));
    }

    /// <summary>True where a history has a title that was wanted; of one that has none nothing can be concluded.</summary>
    public static bool SaysWhatIsWanted(ReadOnlySpan<float> confidences)
    {
        foreach (var confidence in confidences)
        {
            if (confidence > 0)
                return true;
        }
        return false;
    }
}
