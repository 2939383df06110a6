using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.Services.Local;

/// <summary>One of the two workers, as a process of its own beside the servers.</summary>
/// <param name="name">Also the name of its project, but for the capital.</param>
/// <param name="http">Where it answers /health.</param>
/// <param name="settings">Its environment.</param>
internal sealed class Worker(string name, Uri http, IReadOnlyDictionary<string, string> settings) : IProgram
{
    public const string Ingest = "ingest";
    public const string Jobs = "jobs";

    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(10) };

    public string Name { get; } = name;

    public IReadOnlyDictionary<string, string> Environment { get; } = settings;

    public string Fingerprint
    {
        get
        {
            var text = new StringBuilder().Append(File.GetLastWriteTimeUtc(Assembly).Ticks.ToString(CultureInfo.InvariantCulture));
            foreach (var (variable, value) in Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                text.Append('\n').Append(variable).Append('=').Append(value);
            return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        }
    }

    private string Assembly
    {
        get
        {
            var project = char.ToUpperInvariant(Name[0]) + Name[1..];
            return Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, "release", $"Pipeline.{project}.dll"));
        }
    }

    public Task PrepareAsync(CancellationToken cancellationToken) =>
        File.Exists(Assembly)
            ? Task.CompletedTask
            : throw new ServerException($"{Assembly} is not there: build the solution first, in Release");

    public IReadOnlyList<string> Command() => [DotNet.Host, "exec", Assembly];

    public async Task CheckAsync(int pid, CancellationToken cancellationToken)
    {
        using var response = await Client.GetAsync(new Uri(http, "/health"), cancellationToken);
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!IsFrom(pid, answer))
            throw new ServerException($"{http} is another program's: it is not the {Name} worker {pid} that answers there");
        if (!response.IsSuccessStatusCode)
            throw new ServerException($"{http}health says {(int)response.StatusCode}: {answer}");
    }

    private static bool IsFrom(int pid, string health)
    {
        try
        {
            return JsonNode.Parse(health)?["pid"]?.GetValue<int>() == pid;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            return false;
        }
    }
}
