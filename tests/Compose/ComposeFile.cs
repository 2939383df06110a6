using YamlDotNet.Core;
using YamlDotNet.Serialization;
using Pipeline.Servers;

namespace Pipeline.Compose.Tests;

/// <summary>docker-compose.yml as it is written, with its anchors merged and nothing filled in.</summary>
internal sealed class ComposeFile
{
    private readonly Dictionary<object, object?> _root;

    private ComposeFile(Dictionary<object, object?> root)
    {
        _root = root;
        Services = [.. Names("services").Select(name => new ComposeService(name, Section(Section(_root, "services"), name)))];
    }

    public static ComposeFile Current { get; } = Parse(Repository.Read("docker-compose.yml"));

    public IReadOnlyList<ComposeService> Services { get; }

    public IReadOnlyList<string> Volumes => Names("volumes");

    /// <summary>File of each secret, by the secret's name.</summary>
    public IReadOnlyDictionary<string, string> Secrets =>
        Names("secrets").ToDictionary(name => name, name => (string)Section(Section(_root, "secrets"), name)["file"]!);

    public ComposeService Service(string name) => Services.Single(service => service.Name == name);

    public static ComposeFile Parse(string text) =>
        new(new DeserializerBuilder().Build().Deserialize<Dictionary<object, object?>>(new MergingParser(new Parser(new StringReader(text)))));

    private IReadOnlyList<string> Names(string section) => [.. Section(_root, section).Keys.Cast<string>()];

    private static Dictionary<object, object?> Section(Dictionary<object, object?> from, string name) => (Dictionary<object, object?>)from[name]!;
}

/// <summary>One service; lists and maps that it lacks are empty.</summary>
internal sealed class ComposeService(string name, Dictionary<object, object?> fields)
{
    public string Name { get; } = name;

    public string Image => (string)fields["image"]!;

    /// <summary>Path of the Dockerfile that the image is built from; null where the image is fetched.</summary>
    public string? Dockerfile => Map(fields, "build").TryGetValue("dockerfile", out string? dockerfile) ? dockerfile : null;

    public bool HasHealthCheck => fields.ContainsKey("healthcheck");

    public string Restart => (string)fields["restart"]!;

    public IReadOnlyList<string> Profiles => List("profiles");

    public IReadOnlyList<string> Ports => List("ports");

    public IReadOnlyList<string> Mounts => List("volumes");

    public IReadOnlyList<string> Secrets => List("secrets");

    public IReadOnlyList<string> SecurityOptions => List("security_opt");

    public IReadOnlyDictionary<string, string> Environment => Map(fields, "environment");

    /// <summary>What each service must be before this one starts, by the other's name.</summary>
    public IReadOnlyDictionary<string, string> DependsOn => fields.TryGetValue("depends_on", out object? others)
        ? ((Dictionary<object, object?>)others!).ToDictionary(other => (string)other.Key, other => (string)((Dictionary<object, object?>)other.Value!)["condition"]!)
        : new Dictionary<string, string>();

    public override string ToString() => Name;

    private IReadOnlyList<string> List(string field) => fields.TryGetValue(field, out object? list) ? [.. ((List<object>)list!).Cast<string>()] : [];

    private static Dictionary<string, string> Map(Dictionary<object, object?> from, string field) => from.TryGetValue(field, out object? map)
        ? ((Dictionary<object, object?>)map!).ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!)
        : [];
}
