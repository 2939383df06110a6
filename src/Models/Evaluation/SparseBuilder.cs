using Pipeline.Models.Features;

namespace Pipeline.Models.Evaluation;

/// <summary>A sparse matrix written row by row, columns ascending.</summary>
internal sealed class SparseBuilder(int columnCount)
{
    private readonly List<int> starts = [0];
    private readonly List<int> columns = [];
    private readonly List<float> values = [];

    public void Add(int column, float value)
    {
        columns.Add(column);
        values.Add(value);
    }

    public void EndRow() => starts.Add(columns.Count);

    public SparseMatrix Build() => new(columnCount, [.. starts], [.. columns], [.. values]);
}
