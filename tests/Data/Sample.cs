namespace Pipeline.Generator.Tests;

/// <summary>A world of the demo's size, told once for all tests that only look at it.</summary>
internal static class Sample
{
    public static readonly GenerateOptions Options = new();
    public static readonly World World = WorldOf(Options);
    public static readonly IReadOnlyList<GeneratedEvent> Lines = [.. new EventStream(World, Options).Lines()];

    public static World WorldOf(GenerateOptions options) => new(options.Members, options.Titles, options.Seed, options.Until);

    public static byte[] Bytes(GenerateOptions options)
    {
        using var output = new MemoryStream();
        using var writer = new EventWriter();
        foreach (var line in new EventStream(WorldOf(options), options).Lines())
            output.Write(writer.Write(line));
        return output.ToArray();
    }
}
