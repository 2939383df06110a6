using System.Text.Json;
using Pipeline.Models.Kernels;

namespace Pipeline.Models.Evaluation;

/// <summary>One measurement of a search: settings, trained on some of the members.</summary>
/// <param name="Search">Which search it belongs to: algorithm, seed, data and all that makes a measurement another one.</param>
/// <param name="Number">Of the settings, from 0; 0 is what was asked for.</param>
/// <param name="Rung">From 0; each has fewer settings and more members than the one before.</param>
/// <param name="Share">Share of the training members.</param>
/// <param name="Score">Mean over the validation members; NaN is not written: null where the settings cannot be trained.</param>
/// <param name="Failure">Why they cannot.</param>
public sealed record SearchTrial(
    string Search, int Number, int Rung, double Share, IReadOnlyDictionary<string, string> Settings, double? Score, double Seconds, string? Failure = null)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>One line, for a file that a search is resumed from.</summary>
    public string ToLine() => JsonSerializer.Serialize(this, Json);

    /// <returns>Null for a line that was cut short by a stop.</returns>
    public static SearchTrial? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<SearchTrial>(line, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <param name="Trials">Settings to draw, with the ones asked for.</param>
/// <param name="Seed">The same seed draws the same settings.</param>
/// <param name="Budget">Time after which it ends, in the midst of a measurement if need be; null for as long as it takes. A search that runs out of time depends on the machine.</param>
public sealed record SearchOptions(int Trials, int Seed, TimeSpan? Budget = null)
{
    /// <summary>η: of so many settings one goes on to the next rung, with so many times the members.</summary>
    public const int Reduction = 3;

    public const int MaxTrials = 1_000;

    /// <summary>Rungs such that few settings are left for the last, which trains on everybody.</summary>
    public int Rungs => 1 + Math.Min(3, (int)Math.Floor(PortableMath.Log(Trials) / PortableMath.Log(Reduction) + 1e-9));
}

/// <summary>What a search found.</summary>
/// <param name="Measure">On the validation members.</param>
/// <param name="Settings">The best.</param>
/// <param name="Score">Of the best, trained on <paramref name="Share"/> of the members.</param>
/// <param name="Asked">Score of what was asked for, trained on the same share; null where it could not be trained.</param>
/// <param name="Trials">Settings drawn.</param>
/// <param name="Tried">Of them, those for which there was time.</param>
/// <param name="Measured">Measurements, those that were resumed with them.</param>
/// <param name="OutOfTime">True where the budget left out settings, or the last rungs.</param>
public sealed record SearchReport(
    string Algorithm,
    string Measure,
    IReadOnlyDictionary<string, string> Settings,
    double Score,
    double Share,
    double? Asked,
    int Trials,
    int Tried,
    int Measured,
    int ValidationMembers,
    double Seconds,
    bool OutOfTime);
