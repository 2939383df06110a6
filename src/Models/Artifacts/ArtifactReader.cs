using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Artifacts;

/// <summary>Where the tables of an artifact come from, asked for in the order of the file.</summary>
internal interface ISectionSource
{
    T[] Array<T>(Section section)
        where T : unmanaged;

    FactorMatrix Factors(Section section);
}

/// <summary>The tables of one model, by name.</summary>
internal sealed class ArtifactReader
{
    private readonly StoredPart part;
    private readonly Dictionary<string, object> tables;
    private readonly ArtifactReader[] children;

    /// <summary>Takes every table of the model and of its children from <paramref name="source"/>.</summary>
    public ArtifactReader(StoredPart part, ISectionSource source)
    {
        this.part = part;
        tables = part.Sections.ToDictionary(section => section.Name, section => Load(section, source), StringComparer.Ordinal);
        children = [.. part.Children.Select(child => new ArtifactReader(child, source))];
        var ids = (long[])Table(ArtifactWriter.ContentsSection);
        Contents = IdIndex.Of(ids);
        if (!Contents.Ids.SequenceEqual(ids))
            throw ModelArtifact.Damaged("its content ids do not ascend");
    }

    public string Algorithm => part.Algorithm;

    public IReadOnlyDictionary<string, string> Settings => part.Settings;

    public IdIndex Contents { get; }

    public IReadOnlyList<ArtifactReader> Children => children;

    /// <summary>Whether there is a table of that name.</summary>
    public bool Has(string name) => tables.ContainsKey(name);

    public float[] Floats(string name, int? length = null) => Vector<float>(name, length);

    public int[] Ints(string name, int? length = null) => Vector<int>(name, length);

    public FactorMatrix Factors(string name, int? rows = null, int? rank = null) =>
        Table(name) is FactorMatrix factors && factors.Rows == (rows ?? factors.Rows) && factors.Rank == (rank ?? factors.Rank)
            ? factors
            : throw Misshapen(name);

    public SparseMatrix Sparse(string name, int rows, int columns)
    {
        var starts = Ints(name + ".starts", rows + 1);
        var places = Ints(name + ".columns", starts[^1]);
        foreach (var place in places)
        {
            if (place < 0 || place >= columns)
                throw Misshapen(name);
        }
        return new SparseMatrix(columns, starts, places, Floats(name + ".values", starts[^1]));
    }

    private static object Load(Section section, ISectionSource source) => section switch
    {
        { Type: SectionType.Int64 } => source.Array<long>(section),
        { Type: SectionType.Int32 } => source.Array<int>(section),
        { Type: SectionType.Float32 } => source.Array<float>(section),
        { Type: SectionType.Factors } => source.Factors(section),
        _ => throw new ArtifactException($"The artifact's table '{section.Name}' is of a kind that this program does not read."),
    };

    private T[] Vector<T>(string name, int? length) =>
        Table(name) is T[] vector && vector.Length == (length ?? vector.Length) ? vector : throw Misshapen(name);

    private object Table(string name) =>
        tables.GetValueOrDefault(name) ?? throw new ArtifactException($"The artifact of '{part.Algorithm}' has no table '{name}'.");

    private ArtifactException Misshapen(string name) =>
        new($"The artifact's table '{name}' has not the shape that a model of '{part.Algorithm}' needs.");
}
