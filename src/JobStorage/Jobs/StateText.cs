using Hangfire.Common;

namespace Pipeline.JobStorage.Jobs;

/// <summary>A state's data as it stands in its column: a JSON object of strings.</summary>
internal static class StateText
{
    public static string Of(IDictionary<string, string>? data) => SerializationHelper.Serialize(data ?? new Dictionary<string, string>());

    public static Dictionary<string, string> Read(string text) =>
        new(SerializationHelper.Deserialize<Dictionary<string, string>>(text) ?? [], StringComparer.Ordinal);
}
