using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Titles;
using Pipeline.Storage.Serving;

namespace Pipeline.Jobs.Commands;

/// <summary><c>recommend</c>: a member's list as the API would read it, and why it is what it is.</summary>
internal static class RecommendCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static Command Create()
    {
        var user = new Argument<long>("user") { Description = "The member's id.", CustomParser = ReadUser };
        var region = new Option<string>("--region") { Description = "Region of the request: it may be pinned to a generation of its own, and its popular titles stand in for a list.", DefaultValueFactory = _ => "KR" };
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        var command = new Command("recommend", "The list as the API would read it, and why.") { user, region, json };
        command.SetAction((result, cancellationToken) => ExitStatus.OfAsync(
            () => RunAsync(result.GetValue(user), result.GetRequiredValue(region), result.GetValue(json), cancellationToken)));
        return command;
    }

    private static long ReadUser(ArgumentResult given)
    {
        string text = given.Tokens[0].Value;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long id) || id is < 1 or >= 1L << 53)
            given.AddError($"'{text}' is no member: expected a whole number, 1 to 2^53 - 1.");
        return id;
    }

    private static async Task<int> RunAsync(long user, string region, bool json, CancellationToken cancellationToken)
    {
        await using var services = CommandServices.Create();
        await services.PrepareAsync(cancellationToken);
        var served = await services.GetRequiredService<RecommendationReader>().ReadAsync(user, region, cancellationToken);
        long[] titles = [.. served.Items.Select(item => item.ContentId), .. served.Items.Select(item => item.Reason?.ContentId).OfType<long>()];
        var names = await services.GetRequiredService<TitleNames>().FindAsync([.. titles.Distinct()], cancellationToken);
        if (json)
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(Document(user, served, names), Json));
        else
            await PrintAsync(user, served, names);
        return served.Source == ListSource.None ? ExitStatus.Failed : ExitStatus.Done;
    }

    private static object Document(long user, ServedList served, IReadOnlyDictionary<long, TitleName> names) => new
    {
        UserId = user, served.Source, served.Generation, served.Fallback,
        Items = served.Items.Select((item, i) => new
        {
            Rank = i + 1, item.ContentId, NameKo = names.GetValueOrDefault(item.ContentId)?.Korean, NameEn = names.GetValueOrDefault(item.ContentId)?.English,
            item.Score, item.Reason,
        }),
    };

    private static async Task PrintAsync(long user, ServedList served, IReadOnlyDictionary<long, TitleName> names)
    {
        string generation = served.Generation is { } id ? $"generation {id}" : "no generation";
        await Console.Out.WriteLineAsync($"member {user}: {served.Items.Count} titles from {served.Source.ToString().ToLowerInvariant()}, {generation}");
        if (served.Fallback is not null)
            await Console.Out.WriteLineAsync($"fell back: {served.Fallback}");
        for (int i = 0; i < served.Items.Count; i++)
        {
            var item = served.Items[i];
            await Console.Out.WriteLineAsync($"{i + 1,3}. {Name(item.ContentId),-60} {item.Score,8:F4}  {Why(item.Reason)}");
        }

        string Why(ListReason? reason) => reason switch
        {
            null => "",
            { ContentId: { } because } => $"{reason.Kind.Replace('_', ' ')} {Name(because)}",
            _ => reason.Kind.Replace('_', ' '),
        };

        string Name(long id) => names.GetValueOrDefault(id) is { } name && (name.English ?? name.Korean) is { } first
            ? name is { English: not null, Korean: not null } ? $"{id} {first} ({name.Korean})" : $"{id} {first}"
            : $"{id}";
    }
}
