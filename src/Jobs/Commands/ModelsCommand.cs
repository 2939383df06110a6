using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Jobs.Reports;
using Pipeline.Storage.MySql.Models;

namespace Pipeline.Jobs.Commands;

/// <summary><c>models</c>: what the registry holds, and of one model the candidates that it was picked from and what the gate found.</summary>
internal static class ModelsCommand
{
    private const int Most = 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var model = new Argument<long?>("model")
        {
            Description = $"A model's number; without one, the newest {Most}.", Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result =>
            {
                if (result.Tokens is not [var token])
                    return null;
                if (long.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                    return number;
                result.AddError($"A model is named by its number, not '{token.Value}'.");
                return null;
            },
        };
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        var command = new Command("models", "The registry, and how a model came about.") { model, json, ImportModelCommand.Create() };
        command.SetAction((result, cancellationToken) => ExitStatus.OfAsync(
            () => RunAsync(result.GetValue(model), result.GetValue(json), cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(long? modelId, bool json, CancellationToken cancellationToken)
    {
        await using var services = CommandServices.Create();
        await services.PrepareAsync(cancellationToken);
        var history = services.GetRequiredService<ModelHistory>();
        if (modelId is { } id)
        {
            if (await history.FindAsync(id, cancellationToken) is not { } found)
            {
                await Console.Error.WriteLineAsync($"there is no model {id}");
                return ExitStatus.Failed;
            }
            await Console.Out.WriteLineAsync(json ? Document(found).ToJsonString(Json) : ModelText.One(found));
            return ExitStatus.Done;
        }
        var newest = await history.SearchAsync(long.MaxValue, Most, cancellationToken);
        await Console.Out.WriteLineAsync(json ? new JsonArray([.. newest.Select(Document)]).ToJsonString(Json) : ModelText.List(newest));
        return ExitStatus.Done;
    }

    private static JsonNode Document(ModelRecord model)
    {
        var document = JsonSerializer.SerializeToNode(model, Json)!.AsObject();
        // What is kept as JSON is shown as JSON.
        document["parameters"] = JsonNode.Parse(model.Parameters);
        document["metrics"] = JsonNode.Parse(model.Metrics);
        document["report"] = model.Report is null ? null : JsonNode.Parse(model.Report);
        return document;
    }
}
