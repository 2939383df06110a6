using System.Text.Json;
using Pipeline.Models.Artifacts;
using Pipeline.Models.Evaluation;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Models;

namespace Pipeline.Jobs.Training;

/// <summary>A model of the registry, read from its artifact.</summary>
/// <param name="ModelId">Null where there is no such model.</param>
/// <param name="Contender">Null where it cannot be read.</param>
/// <param name="Missing">Why it is null.</param>
/// <param name="HasErased">Whether it may have learned from a member who was erased since.</param>
internal sealed record RegistryModel(long? ModelId, GateContender? Contender, string? Missing, bool HasErased = false)
{
    /// <summary>
    /// How long a served model that has learned from an erased member may defend its place. Until then it is the nights' business to
    /// replace it; afterwards the next model need only be better than popularity.
    /// </summary>
    private const int DaysOfGrace = 7;

    /// <summary>The champion that won outright last, where that is another: nights that are each a little worse must not add up.</summary>
    public RegistryModel? Anchor { get; private init; }

    /// <summary>The champion: the model that the served lists were made with.</summary>
    public static async Task<RegistryModel> ServedAsync(ModelStore registry, CancellationToken cancellationToken)
    {
        if (await registry.ServedAsync(GenerationStore.GlobalScope, cancellationToken) is not { } location)
            return new RegistryModel(null, null, "no model is served yet");
        var champion = Defending(location);
        var anchor = ReportOf(location.Report)?.AnchorModelId is { } id && id != location.ModelId ? await registry.FindAsync(id, cancellationToken) : null;
        return anchor is null ? champion : champion with { Anchor = Defending(anchor) };
    }

    private static RegistryModel Defending(ModelLocation location) => location.ErasedDays >= DaysOfGrace
        ? new RegistryModel(location.ModelId, null, $"model {location.ModelId} has learned from a member who was erased {location.ErasedDays} days ago", true)
        : Read(location);

    public static async Task<RegistryModel> FindAsync(ModelStore registry, long modelId, CancellationToken cancellationToken) =>
        await registry.FindAsync(modelId, cancellationToken) is { } location
            ? Read(location)
            : new RegistryModel(null, null, $"there is no model {modelId}");

    private static RegistryModel Read(ModelLocation location)
    {
        try
        {
            return new RegistryModel(
                location.ModelId, new GateContender($"model {location.ModelId}", ArtifactFile.Read(location), HeldOutShare(location.Report)), null,
                location.ErasedSince is not null);
        }
        catch (Exception problem) when (problem is ArtifactException or IOException or UnauthorizedAccessException)
        {
            return new RegistryModel(location.ModelId, null, $"model {location.ModelId} cannot be read: {problem.Message}");
        }
    }

    /// <summary>0, that is everybody was trained on, for models that were registered without a report.</summary>
    private static double HeldOutShare(string? report) => ReportOf(report)?.HeldOutShare ?? 0;

    private static GateReport? ReportOf(string? report)
    {
        try
        {
            return report is null ? null : TrainingReport.FromJson(report).Gate;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
