using System.Runtime.InteropServices;

namespace Pipeline.Models.Features;

/// <summary>Interactions as they are found, before they are sorted.</summary>
internal sealed class InteractionColumns
{
    private readonly List<long> users = [];
    private readonly List<long> contents = [];
    private readonly List<float> confidences = [];
    private readonly List<long> times = [];

    public ReadOnlySpan<long> Users => CollectionsMarshal.AsSpan(users);

    /// <param name="time">Milliseconds since 1970 UTC.</param>
    public void Add(long user, long content, double confidence, long time)
    {
        users.Add(user);
        contents.Add(content);
        confidences.Add((float)confidence);
        times.Add(time);
    }

    public InteractionMatrix ToMatrix() => ToMatrix(IdIndex.Of(Users), IdIndex.Of(CollectionsMarshal.AsSpan(contents)));

    public InteractionMatrix ToMatrix(IdIndex userIndex, IdIndex contentIndex) => InteractionMatrix.FromColumns(
        userIndex,
        contentIndex,
        Users,
        CollectionsMarshal.AsSpan(contents),
        CollectionsMarshal.AsSpan(confidences),
        CollectionsMarshal.AsSpan(times));
}
