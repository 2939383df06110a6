using System.Text.Json;
using Pipeline.Services.Processes;

namespace Pipeline.Services.Serving;

/// <summary>Where the servers inside the serve process answer. The file stands from when all of them do.</summary>
/// <param name="Kafka">Bootstrap servers.</param>
/// <param name="KafkaControl">Address of the stand-in's fault injection.</param>
/// <param name="Mongo">Connection string.</param>
public sealed record ServeEndpoints(string? Kafka, string? KafkaControl, string? Mongo)
{
    internal static ServeEndpoints? Read(string file) =>
        File.Exists(file) ? JsonSerializer.Deserialize<ServeEndpoints>(File.ReadAllBytes(file)) : null;

    internal void Write(string file) => AtomicFile.Write(file, JsonSerializer.Serialize(this));
}
