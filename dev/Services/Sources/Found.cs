using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Services.Local;
using Pipeline.Services.Processes;

namespace Pipeline.Services.Sources;

/// <summary>Where servers can come from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Source>))]
internal enum Source
{
    Environment,
    Docker,
    Local,
}

/// <summary>The servers of an instance, and where those not given came from; written down for the commands after up.</summary>
internal sealed record Found(Source Source, ServerAddresses Addresses)
{
    public static Found? Read(StateFolder state) =>
        File.Exists(state.FoundFile) ? JsonSerializer.Deserialize<Found>(File.ReadAllBytes(state.FoundFile)) : null;

    public void Write(StateFolder state) => AtomicFile.Write(state.FoundFile, JsonSerializer.Serialize(this));
}
