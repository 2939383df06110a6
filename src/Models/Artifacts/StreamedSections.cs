using System.Runtime.InteropServices;
using Pipeline.Models.Training;

namespace Pipeline.Models.Artifacts;

/// <summary>Tables read into memory, one after the other, from a stream that need not know its length.</summary>
internal sealed class StreamedSections(HashedReader reader) : ISectionSource
{
    public static StoredModel Read(HashedReader reader)
    {
        var header = ArtifactHeader.Read(reader);
        var tables = new ArtifactReader(header.Model, new StreamedSections(reader));
        var digest = reader.CheckDigest("digest");
        reader.RequireEnd();
        return new StoredModel(ModelForms.Load(tables), header.DataDigest, digest);
    }

    public T[] Array<T>(Section section)
        where T : unmanaged
    {
        Align();
        var values = new T[section.Columns];
        reader.Fill(MemoryMarshal.AsBytes(values.AsSpan()), $"table '{section.Name}'");
        return values;
    }

    public FactorMatrix Factors(Section section)
    {
        Align();
        var factors = new FactorMatrix(section.Rows, section.Columns);
        if (factors.Stride != section.Stride)
            throw new ArtifactException($"The artifact's table '{section.Name}' has rows of {section.Stride} numbers where {factors.Stride} are read.");
        for (var row = 0; row < section.Rows; row++)
            reader.Fill(MemoryMarshal.AsBytes(factors.PaddedRow(row)), $"table '{section.Name}'");
        return factors;
    }

    private void Align() => reader.Bytes((int)(-reader.Position & (ModelArtifact.Alignment - 1)), "padding");
}
